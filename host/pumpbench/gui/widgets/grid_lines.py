"""A plot's grid at its axes' ticks, in lines of one pixel: pyqtgraph's own costs more than all curves do."""

from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QLineF, QPointF
from PyQt6.QtGui import QColor, QPainter, QPen

from pumpbench.gui.widgets.plot_layer import PlotLayer


class GridLines(PlotLayer):
    """Lies behind everything in `plot`."""

    def __init__(self, plot: pg.PlotItem) -> None:
        super().__init__()
        self._plot = plot
        self._pen = QPen()
        self._asked: dict[str, tuple[float, float, float]] = {}
        self._known: dict[str, list[float]] = {}
        self.setZValue(-20)

    def set_colour(self, colour: str) -> None:
        """Take the lines' colour."""
        self._pen = QPen(QColor(colour), 1)
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw in the pixels of the screen or the picture."""
        whole, to_device = self.boundingRect(), painter.transform()
        lines = [
            QLineF(to_device.map(QPointF(x, whole.top())), to_device.map(QPointF(x, whole.bottom())))
            for x in self._ticks("bottom", whole.left(), whole.right())
        ] + [
            QLineF(to_device.map(QPointF(whole.left(), y)), to_device.map(QPointF(whole.right(), y)))
            for y in self._ticks("left", whole.top(), whole.bottom())
        ]
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        for line in lines:
            painter.drawLine(line)
        painter.restore()

    def _ticks(self, side: str, low: float, high: float) -> list[float]:
        """The ticks of an axis, which are worked out anew only when it has changed."""
        view = self._plot.vb
        asked = (low, high, view.width() if side == "bottom" else view.height())
        if self._asked.get(side) != asked:
            self._asked[side] = asked
            levels = self._plot.getAxis(side).tickValues(*asked)
            self._known[side] = [value for value in levels[0][1] if low <= value <= high] if levels else []
        return self._known[side]
