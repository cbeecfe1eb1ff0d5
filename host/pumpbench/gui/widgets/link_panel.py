"""The quality of the link: a button in the status bar, and the figures that it opens."""

from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

from pumpbench.gui.board_link import CONNECTED, CONNECTING, LOST
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.contact import quality, troubled
from pumpbench.gui.models.state import BACK, CROSS, QUESTION, TICK
from pumpbench.gui.widgets.signs import icon_of


class LinkButton(QPushButton):
    """Says how the link is in a word; pressed while the figures are open."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._shown = ("", "", "")
        self.setObjectName("link")
        self.setCheckable(True)
        self.setFlat(True)
        self.setToolTip(self.tr("Quality of the link (Ctrl+L)"))
        self.setShortcut("Ctrl+L")
        lab.contact.changed.connect(self.refresh)
        lab.link.snapshot_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how the link is now."""
        contact, snapshot, theme = self._lab.contact.now, self._lab.contact.snapshot, self._lab.theme
        sign, words, colour = QUESTION, self.tr("No pump"), theme.muted
        if contact.phase == CONNECTING:
            sign, words = BACK, self.tr("Connecting …")
        elif contact.phase == LOST:
            sign, words, colour = CROSS, self.tr("Link lost, connecting again …"), theme.accent
        elif contact.phase == CONNECTED and not contact.current:
            sign, words = QUESTION, self.tr("No answer")
        elif contact.phase == CONNECTED and snapshot is not None:
            sign, words, colour = TICK, self.tr("Connected"), theme.good
            health = snapshot.health
            if health is not None and health.round_trip_s is not None:
                words = self.tr("Connected, {0:.1f} ms").format(health.round_trip_s * 1000)
            if health is not None and troubled(health):
                words = self.tr("{0}, has had errors").format(words)
        if (sign, words, colour) != self._shown:
            self._shown = (sign, words, colour)
            self.setIcon(icon_of(sign, colour))
            self.setText(words)
            self.setAccessibleName(self.tr("Link: {0}").format(words))


class LinkPanel(QFrame):
    """The figures of the link, each with what it means."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self.setProperty("look", "panel")
        self.setObjectName("link-quality")
        self.setAccessibleName(self.tr("Quality of the link"))
        self._said = QLabel()
        self._said.setWordWrap(True)
        self._grid = QGridLayout(self)
        self._grid.addWidget(self._said, 0, 0, 1, 6)
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnStretch(5, 1)
        self._values: list[QLabel] = []
        lab.link.snapshot_changed.connect(self._refresh)
        lab.contact.changed.connect(self._refresh)
        self.hide()

    def setVisible(self, visible: bool) -> None:  # noqa: N802  Qt's name
        """Show what is known now from the first moment on."""
        if visible:
            self._refresh(force=True)
        super().setVisible(visible)

    def _refresh(self, _: object = None, *, force: bool = False) -> None:
        if not force and not self.isVisible():
            return
        contact, snapshot = self._lab.contact.now, self._lab.contact.snapshot
        as_of = "" if contact.current or not contact.known else self.tr(" (as of {0})").format(contact.as_of)
        self._said.setText(contact.sentence + as_of)
        figures = [] if snapshot is None or snapshot.health is None else quality(snapshot.health)
        if len(figures) != len(self._values):
            self._build(figures)
        for label, (_, value, _) in zip(self._values, figures, strict=True):
            label.setText(value)
            label.setEnabled(contact.current)

    def _build(self, figures: list[tuple[str, str, str]]) -> None:
        while self._grid.count() > 1:
            item = self._grid.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._values = []
        half = (len(figures) + 1) // 2
        for at, (name, value, meaning) in enumerate(figures):
            row, column = 1 + at % half, 3 * (at // half)
            shown = QLabel(value)
            shown.setAccessibleName(name)
            self._grid.addWidget(QLabel(name), row, column)
            self._grid.addWidget(shown, row, column + 1)
            self._grid.addWidget(_muted(meaning), row, column + 2)
            self._values.append(shown)


def _muted(text: str) -> QWidget:
    label = QLabel(text)
    label.setProperty("look", "muted")
    return label
