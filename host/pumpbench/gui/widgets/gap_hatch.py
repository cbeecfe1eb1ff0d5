"""Where a plot has no records: hatched from top to bottom, however narrow."""

from typing import Any

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter

from pumpbench.gui.live import Span
from pumpbench.gui.widgets.plot_layer import PlotLayer

_LEAST_PX = 2.0
_HATCHED_FROM_PX = 6.0


class GapHatch(PlotLayer):
    """Lies behind the curves of a plot."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: tuple[Span, ...] = ()
        self._fill, self._ink = QColor("#eee"), QColor("#888")
        self.setZValue(-10)

    def set_gaps(self, gaps: tuple[Span, ...]) -> None:
        """Show these gaps (axis, s)."""
        if gaps != self._gaps:
            self.prepareGeometryChange()
            self._gaps = gaps
            self.update()

    def set_colours(self, fill: str, ink: str) -> None:
        """Take the colours of the ground and of the hatching."""
        self._fill, self._ink = QColor(fill), QColor(ink)
        self._ink.setAlpha(130)
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw in the pixels of the screen or the picture, so that the hatching has one size."""
        whole, to_device = self.boundingRect(), painter.transform()
        painter.save()
        painter.resetTransform()
        for gap in self._gaps:
            left, right = max(gap.start, whole.left()), min(gap.end, whole.right())
            if right < left:
                continue
            place = to_device.mapRect(QRectF(left, whole.top(), right - left, whole.height()))
            if place.width() < _LEAST_PX:
                place.setWidth(_LEAST_PX)
            painter.fillRect(place, self._fill)
            hatched = place.width() >= _HATCHED_FROM_PX
            style = Qt.BrushStyle.BDiagPattern if hatched else Qt.BrushStyle.Dense4Pattern
            painter.fillRect(place, QBrush(self._ink, style))
        painter.restore()
