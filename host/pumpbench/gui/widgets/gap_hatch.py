"""Where a plot has no records: hatched from top to bottom, however narrow."""

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter

from pumpbench.gui.live import Span

_LEAST_PX = 2.0
_HATCHED_FROM_PX = 6.0


class GapHatch(pg.GraphicsObject):  # type: ignore[misc]
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

    def boundingRect(self) -> QRectF:  # noqa: N802  Qt's name
        """The whole plot."""
        view = self.getViewBox()
        return QRectF() if view is None else QRectF(view.viewRect())

    def viewRangeChanged(self) -> None:  # noqa: N802  pyqtgraph's name
        """Follow the plot."""
        self.prepareGeometryChange()

    def dataBounds(self, *_: Any) -> tuple[None, None]:  # noqa: N802  pyqtgraph's name
        """Have no say in the plot's range."""
        return (None, None)

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
