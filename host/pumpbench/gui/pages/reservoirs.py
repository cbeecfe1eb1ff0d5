"""The page "Reservoirs": what the board's reservoirs hold, defining, refilling, priming, and doses."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from pumpbench.client import Reservoir
from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.define_form import DefineForm
from pumpbench.gui.widgets.dose_calculator import DoseCalculator
from pumpbench.gui.widgets.drug_library_bar import DrugLibraryBar
from pumpbench.gui.widgets.move_panel import MovePanel
from pumpbench.gui.widgets.refill_wizard import RefillWizard
from pumpbench.gui.widgets.reservoir_card import DEFINE, ReservoirCard

_CARDS_PX = 300
_FORM_PX = 720  # wider, a form is harder to read


class ReservoirsPage(Page):
    """Cards at the left, the forms for the one that was chosen at the right."""

    title = "Reservoirs"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.cards: list[ReservoirCard] = []
        self._index = 0
        self.library = DrugLibraryBar(lab)
        self.define, self.refill, self.moves = DefineForm(lab), RefillWizard(lab), MovePanel(lab)
        self.dose = DoseCalculator()
        self.forms = QTabWidget()
        for form, name in (
            (self.define, self.tr("Define and fill")),
            (self.refill, self.tr("Refill")),
            (self.moves, self.tr("Prime, purge, jog")),
            (self.dose, self.tr("Dose calculator")),
        ):
            self.forms.addTab(_narrow(form), name)
        self._nothing = QLabel(self.tr("No pump is connected: the page Connect does that."))
        self._nothing.setWordWrap(True)
        self._lay_out()
        lab.link.snapshot_changed.connect(self._follow)
        lab.link.phase_changed.connect(self._follow)
        lab.contact.changed.connect(self._follow)
        lab.theme_changed.connect(self._dress)
        self._follow()

    def choose(self, index: int, form: int) -> None:
        """Show a form for one of the board's reservoirs."""
        snapshot = self.lab.contact.snapshot
        if snapshot is None or index >= len(snapshot.reservoirs):
            return
        self._open(snapshot.reservoirs[index], form)

    def _open(self, reservoir: Reservoir, form: int) -> None:
        self._index = reservoir.index
        self.define.open(reservoir)
        self.refill.open(reservoir)
        self.moves.open(reservoir)
        self.forms.setCurrentIndex(form)

    def _lay_out(self) -> None:
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        cards = QScrollArea()
        cards.setWidget(inner)
        cards.setWidgetResizable(True)
        cards.setFrameShape(QScrollArea.Shape.NoFrame)
        cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        cards.setFixedWidth(_CARDS_PX)
        row = QHBoxLayout()
        row.addWidget(cards)
        row.addWidget(self.forms, 1)
        column = QVBoxLayout(self)
        column.addWidget(self.library)
        column.addLayout(row, 1)

    def _follow(self) -> None:
        snapshot, contact = self.lab.contact.snapshot, self.lab.contact.now
        reservoirs = snapshot.reservoirs if snapshot is not None else ()
        self._nothing.setVisible(not reservoirs)
        if len(reservoirs) != len(self.cards):
            self._make_cards(reservoirs)
        may = snapshot is not None and contact.current and snapshot.commands
        for form in (self.define, self.refill, self.moves):
            form.setEnabled(may)
        program = snapshot.program if snapshot is not None else None
        in_use = {segment.reservoir for segment in program.segments} if program is not None else set()
        if self._index < len(reservoirs):
            self.define.refresh(reservoirs[self._index])
            self.refill.refresh(reservoirs[self._index])
        for card, reservoir in zip(self.cards, reservoirs, strict=True):
            card.show_reservoir(reservoir, reservoir.index in in_use, contact.current, may)

    def _make_cards(self, reservoirs: tuple[Reservoir, ...]) -> None:
        for card in self.cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self.cards = []
        for reservoir in reservoirs:
            card = ReservoirCard(reservoir.index, self.lab.theme)
            card.wanted.connect(lambda form, index=reservoir.index: self.choose(index, form))
            self._column.insertWidget(self._column.count() - 1, card)
            self.cards.append(card)
        if reservoirs:
            self._open(reservoirs[0], DEFINE)

    def _dress(self, theme: Theme) -> None:
        for card in self.cards:
            card.gauge.set_theme(theme)


def _narrow(form: QWidget) -> QWidget:
    """A form in a page of the tabs, no wider than it reads well."""
    page = QWidget()
    row = QHBoxLayout(page)
    form.setMaximumWidth(_FORM_PX)
    row.addWidget(form, 1)
    row.addStretch(0)
    return page
