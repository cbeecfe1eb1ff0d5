"""Events above a stack of plots: a symbol and a word at their time; a bare symbol where there is no room."""

import itertools
from typing import Any

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter

from pumpbench.gui.models.event_words import Mark
from pumpbench.gui.theme import Theme, ink_on

_ROW = 22
_ROWS = 2
_PAD = 4.0
_BETWEEN = 3.0


class MarkerStrip(pg.GraphicsWidget):  # type: ignore[misc]
    """Stands in the same column as the plots whose time axis it follows."""

    def __init__(self, view: pg.ViewBox) -> None:
        super().__init__()
        self._view = view
        self._marks: list[tuple[float, Mark]] = []
        self._theme: Theme | None = None
        self.setFixedHeight(_ROWS * _ROW)
        view.sigXRangeChanged.connect(lambda *_: self.update())

    def set_marks(self, marks: list[tuple[float, Mark]]) -> None:
        """Show events at their places (axis, s), in order."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours."""
        self._theme = theme
        self.update()

    def places(self) -> list[tuple[float, Mark]]:
        """Where each mark is, in pixels from the left."""
        return [
            (self.mapFromScene(self._view.mapViewToScene(QPointF(x, 0.0))).x(), mark)
            for x, mark in self._marks
        ]

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Alarms first, so that nothing else takes their room."""
        if self._theme is None:
            return
        metrics = QFontMetricsF(painter.font())
        taken: tuple[list[tuple[float, float]], ...] = tuple([] for _ in range(_ROWS))
        for x, mark in sorted(self.places(), key=lambda place: -place[1].priority):
            for text, row in itertools.product((f"{mark.symbol} {mark.word}", mark.symbol), range(_ROWS)):
                width = metrics.horizontalAdvance(text) + 2 * _PAD
                left = min(max(0.0, x - _PAD), self.width() - width)
                if all(
                    left >= end + _BETWEEN or left + width <= start - _BETWEEN for start, end in taken[row]
                ):
                    taken[row].append((left, left + width))
                    self._draw(painter, QRectF(left, row * _ROW + 1, width, _ROW - 2), text, mark.priority)
                    break

    def _draw(self, painter: QPainter, place: QRectF, text: str, priority: int) -> None:
        theme = self._theme
        assert theme is not None
        fill = ("", theme.low, theme.medium, theme.high)[priority]
        if fill:
            painter.setBrush(QColor(fill))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(place, 3, 3)
        painter.setPen(QColor(ink_on(fill) if fill else theme.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
