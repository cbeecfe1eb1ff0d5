"""One alarm in the banner."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pumpbench.gui.models.alarms import AlarmLine, priority_words
from pumpbench.gui.theme import Theme, ink_on
from pumplink.alarms import HIGH, LOW, MEDIUM

_STRIPE = 6


class AlarmRow(QFrame):
    """Mark, name, priority, sentence and the button that takes note of it."""

    acknowledged = pyqtSignal(object)
    """The `AlarmLine` that somebody takes note of."""

    def __init__(self, line: AlarmLine, theme: Theme) -> None:
        super().__init__()
        self.line = line
        self._theme = theme
        self._lit = True
        self._mark, self._name, self._kind, self._sentence = QLabel(), QLabel(), QLabel(), QLabel()
        mark_font, name_font = QFont(self.font()), QFont(self.font())
        mark_font.setPointSizeF(mark_font.pointSizeF() * 1.6)
        mark_font.setWeight(QFont.Weight.Black)
        name_font.setPointSizeF(name_font.pointSizeF() * 1.15)
        name_font.setBold(True)
        self._mark.setFont(mark_font)
        self._mark.setMinimumWidth(40)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name.setFont(name_font)
        self._sentence.setWordWrap(True)
        self.button = QPushButton(self.tr("Acknowledge"))
        self.button.clicked.connect(lambda: self.acknowledged.emit(self.line))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._name)
        head.addWidget(self._kind, 1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addLayout(head)
        words.addWidget(self._sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(_STRIPE + 6, 4, 10, 4)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        self.show_line(line)

    def show_line(self, line: AlarmLine) -> None:
        """Show another standing of the same alarm."""
        self.line = line
        self.setObjectName(f"alarm-{line.name}")
        self.button.setObjectName(f"acknowledge-{line.name}")
        self._mark.setText(line.mark)
        self._name.setText(line.words)
        standing = f", {line.standing}" if line.standing else ""
        self._kind.setText(priority_words(line.priority) + standing)
        self._sentence.setText(line.sentence)
        self.button.setVisible(line.code is not None and line.latched)
        self.button.setAccessibleName(self.tr("Acknowledge {0}").format(line.words))
        self.setAccessibleName(f"{priority_words(line.priority)}: {line.words}. {line.sentence}")
        self._dress()

    def set_lit(self, lit: bool) -> None:
        """Flash: the row's colour on or off. What stands in it can be read either way."""
        if lit != self._lit:
            self._lit = lit
            self._dress()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self._dress()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802  Qt's name
        """Draw the ground: the priority's colour, or when that is off a frame of it."""
        fill = QColor(self._fill())
        painter = QPainter(self)
        if self._lit:
            painter.fillRect(self.rect(), fill)
            return
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.fillRect(0, 0, _STRIPE, self.height(), fill)
        painter.setPen(QPen(fill, 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _fill(self) -> str:
        theme = self._theme
        return {HIGH: theme.high, MEDIUM: theme.medium, LOW: theme.low}.get(self.line.priority, theme.grid)

    def _dress(self) -> None:
        ink = QColor(ink_on(self._fill()) if self._lit else self._theme.text)
        colours = QPalette(self.palette())
        colours.setColor(QPalette.ColorRole.WindowText, ink)
        for label in (self._mark, self._name, self._kind, self._sentence):
            label.setPalette(colours)
        self.update()
