"""The rotor's angle as a dial."""

from math import cos, radians, sin

from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from pumpbench.gui.theme import Theme

_SIDE = 74


class RotorDial(QWidget):
    """0 degrees is at the top, clockwise; empty when no angle is known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._angle: float | None = None
        self._current = True
        self.setObjectName("rotor")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_angle(self, degrees: float | None, current: bool) -> None:
        """Turn the hand; greyed when this is how it was."""
        self._angle, self._current = degrees, current
        known = self.tr("not known") if degrees is None else f"{degrees:.0f}°"
        self.setAccessibleName(self.tr("Rotor's angle: {0}").format(known))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802  Qt's name
        """Draw ring, marks and hand."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        centre, radius = ring.center(), ring.width() / 2
        painter.setPen(QPen(QColor(theme.muted), 2))
        painter.drawEllipse(ring)
        for degrees in range(0, 360, 90):
            painter.drawLine(_at(centre, radius, degrees), _at(centre, radius - 6, degrees))
        if self._angle is None:
            return
        ink = QColor(theme.accent if self._current else theme.muted)
        painter.setPen(QPen(ink, 3))
        painter.drawLine(centre, _at(centre, radius - 9, self._angle))
        painter.setBrush(ink)
        painter.drawEllipse(_at(centre, radius - 9, self._angle), 4, 4)


def _at(centre: QPointF, radius: float, degrees: float) -> QPointF:
    turn = radians(degrees)
    return QPointF(centre.x() + radius * sin(turn), centre.y() - radius * cos(turn))
