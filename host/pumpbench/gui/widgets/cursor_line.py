"""The place of a plot's axis that values are read at, as a line from top to bottom."""

from typing import Any

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter, QPen

from pumpbench.gui.widgets.plot_layer import PlotLayer


class CursorLine(PlotLayer):
    """Lies before everything else of a plot; hidden until it has a place."""

    def __init__(self) -> None:
        super().__init__()
        self._x = 0.0
        self._pen = QPen()
        self.setZValue(20)
        self.hide()

    def set_place(self, x: float | None) -> None:
        """Stand at this place of the axis, or vanish."""
        self.setVisible(x is not None)
        if x is not None and x != self._x:
            self._x = x
            self.update()

    def set_colour(self, colour: str) -> None:
        """Take the line's colour."""
        self._pen = QPen(QColor(colour), 1)
        self._pen.setCosmetic(True)
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw it."""
        whole = self.boundingRect()
        painter.setPen(self._pen)
        painter.drawLine(QPointF(self._x, whole.top()), QPointF(self._x, whole.bottom()))
