"""A reservoir as a vessel: how full it is, where its marks are."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from pumpbench.gui.models.overview import EMPTY, LOW, Gauge
from pumpbench.gui.theme import Theme

_VESSEL_WIDTH = 46


class ReservoirGauge(QWidget):
    """Says by words what it shows, to whoever cannot see it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._gauge: Gauge | None = None
        self._current = True
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Preferred)

    def show_gauge(self, gauge: Gauge, current: bool) -> None:
        """Show a reservoir; greyed when this is how it was."""
        self._gauge, self._current = gauge, current
        self.setObjectName(f"reservoir-{gauge.index}")
        self.setAccessibleName(
            self.tr("Reservoir {0}: {1} of {2}, {3}").format(
                gauge.index, gauge.contents, gauge.capacity, self._level(gauge)
            )
        )
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A vessel and its words."""
        return QSize(190, 110)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Four of them fit beside each other in a small window."""
        return QSize(160, 100)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802  Qt's name
        """Draw the vessel, its liquid, its marks, and the words."""
        gauge, theme = self._gauge, self._theme
        if gauge is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        vessel = QRectF(2, 4, _VESSEL_WIDTH, self.height() - 8)
        ink = theme.text if self._current else theme.muted
        liquid = QRectF(vessel)
        liquid.setTop(vessel.bottom() - vessel.height() * gauge.fraction)
        fill = {LOW: theme.low, EMPTY: theme.high}.get(gauge.level, theme.accent)
        painter.fillRect(liquid.adjusted(2, 0, -2, -2), QColor(fill if self._current else theme.grid))
        painter.setPen(QPen(QColor(ink), 2.5 if gauge.in_use else 1.2))
        painter.drawRoundedRect(vessel, 4, 4)
        for at in (gauge.low_at, gauge.empty_at):
            if at:
                height = int(vessel.bottom() - vessel.height() * at)
                painter.setPen(QPen(QColor(ink), 1, Qt.PenStyle.DashLine))
                painter.drawLine(int(vessel.left()), height, int(vessel.right()) + 5, height)
        self._write(painter, gauge, ink)

    def _write(self, painter: QPainter, gauge: Gauge, ink: str) -> None:
        left = _VESSEL_WIDTH + 14
        words = QRectF(left, 4, self.width() - left, self.height() - 8)
        bold = QFont(self.font())
        bold.setBold(True)
        lines = (
            (bold, ink, self.tr("{0}, in use").format(gauge.index) if gauge.in_use else str(gauge.index)),
            (self.font(), self._theme.muted, gauge.drug or self.tr("contents not named")),
            (bold, ink, gauge.contents),
            (self.font(), self._theme.muted, self.tr("of {0}").format(gauge.capacity)),
            (self.font(), ink, self._level(gauge)),
        )
        step = min(20.0, words.height() / len(lines))
        for number, (font, colour, text) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            line = QRectF(words.left(), words.top() + number * step, words.width(), step)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _level(self, gauge: Gauge) -> str:
        if gauge.level == EMPTY:
            return self.tr("✗ empty")
        if gauge.level == LOW:
            return self.tr("! low")
        return self.tr("✓ {0:.0f} %").format(gauge.fraction * 100)
