"""The pump's state, to be read from across the room: a sign, a word, and a colour that repeats them."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from pumpbench.gui.models.state import AT_WORK, ATTENTION, WRONG, StateFace
from pumpbench.gui.theme import Theme, ink_on
from pumpbench.gui.widgets.signs import paint_sign

_MARGIN = 12
_SIGN = 26


class StateBadge(QWidget):
    """Shows a state; one that is not current is hollow and says since when it is not known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign = "question"
        self._words = ""
        self._note = ""
        self._meant = ""
        self._current = False
        self.setObjectName("state")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_none(self.tr("No pump"))

    def show_state(self, face: StateFace, note: str, current: bool) -> None:
        """Show a state; `note` stands below it, smaller."""
        self._sign, self._words, self._note, self._meant = face.sign, face.words, note, face.meant
        self._current = current
        self.setToolTip(face.explanation)
        self._refresh()

    def show_none(self, words: str) -> None:
        """Show that there is no state to show."""
        self._sign, self._words, self._note, self._meant = "question", words, "", ""
        self._current = False
        self.setToolTip("")
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    @property
    def text(self) -> str:
        """All that it says."""
        return f"{self._words}, {self._note}" if self._note else self._words

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """As wide as its words; never narrower than the usual ones, so that the header does not jump."""
        words = QFontMetrics(self._large()).horizontalAdvance(self._words)
        note = QFontMetrics(self.font()).horizontalAdvance(self._note)
        return QSize(max(230, _SIGN + 3 * _MARGIN + max(words, note)), 52)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802  Qt's name
        """Draw it."""
        fill, ink = self._colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        style = Qt.PenStyle.SolidLine if self._current else Qt.PenStyle.DashLine
        painter.setPen(QPen(QColor(ink if not self._current else fill), 1.5, style))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, 6, 6)
        paint_sign(painter, self._sign, QRectF(_MARGIN, (box.height() - _SIGN) / 2 + 1, _SIGN, _SIGN), ink)
        painter.setPen(QColor(ink))
        text = QRectF(2 * _MARGIN + _SIGN, 4, box.width() - 2 * _MARGIN - _SIGN, box.height() - 6)
        painter.setFont(self._large())
        left = Qt.AlignmentFlag.AlignLeft
        if not self._note:
            painter.drawText(text, left | Qt.AlignmentFlag.AlignVCenter, self._words)
            return
        painter.drawText(text, left | Qt.AlignmentFlag.AlignTop, self._words)
        painter.setFont(self.font())
        painter.drawText(text, left | Qt.AlignmentFlag.AlignBottom, self._note)

    def _colours(self) -> tuple[str, str]:
        theme = self._theme
        if not self._current:
            return theme.window, theme.muted
        if self._meant == WRONG:
            return theme.high, ink_on(theme.high)
        if self._meant == ATTENTION:
            return theme.medium, ink_on(theme.medium)
        if self._meant == AT_WORK:
            return theme.good, ink_on(theme.good)
        return theme.grid, theme.text

    def _large(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(self.font().pointSizeF() * 1.45)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _refresh(self) -> None:
        self.setAccessibleName(self.tr("State of the pump: {0}").format(self.text))
        self.updateGeometry()
        self.update()
