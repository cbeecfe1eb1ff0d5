"""The Stop button, and what became of the last stop."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QApplication, QPushButton, QSizePolicy

from pumpbench.gui.theme import Theme, ink_on


class StopButton(QPushButton):
    """Always enabled, always the same: no state of anything takes it away."""

    wished = pyqtSignal()
    """Stop, now: as soon as the mouse button goes down. `clicked` comes when it is let go, and behind a
    repaint of all that waits to be drawn."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._by_mouse = False
        self.clicked.connect(self._click)
        self.setObjectName("stop")
        self.setText(self.tr("STOP"))
        self.setAccessibleName(self.tr("Stop the pump"))
        self.setAccessibleDescription(self.tr("F12, Pause or Ctrl+. anywhere in the program"))
        self.setToolTip(self.tr("Stops the pump at once, in every state (F12, Pause or Ctrl+.)"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        ink = self._ink = ink_on(theme.high)
        self.setStyleSheet(
            f"QPushButton {{ background: {theme.high}; color: {ink}; font-size: 19pt; font-weight: 800;"
            f" letter-spacing: 2px; border: 3px solid {theme.high}; border-radius: 6px;"
            " padding: 0 34px 0 10px; }"
            f"QPushButton:hover {{ border-color: {ink}; }}"
            f"QPushButton:focus {{ border: 3px solid {theme.text}; }}"
            f"QPushButton:pressed {{ background: {ink}; color: {theme.high}; }}"
        )

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  Qt's name
        """Wish first, then draw."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._by_mouse = True
            self.wished.emit()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802  Qt's name
        """The wish came with the press, wherever the button is let go."""
        super().mouseReleaseEvent(event)
        self._by_mouse = False

    def _click(self) -> None:
        """By a key, or by what helps people who use neither mouse nor keys."""
        if not self._by_mouse:
            self.wished.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802  Qt's name
        """Draw the button, and the key that does the same."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(QApplication.font())  # its own is the style sheet's
        painter.setPen(QColor(self._ink))
        corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(self.rect().adjusted(0, 0, -10, -5), corner, "F12")

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Large."""
        return QSize(170, 52)
