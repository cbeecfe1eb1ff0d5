"""Defines a reservoir on the board: what is in it, how much, and when it is low and empty."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pumpbench.client import Reservoir as BoardReservoir
from pumpbench.conduct.desk import Desk
from pumpbench.conduct.drug_limits import Crossing, note, refusal, told
from pumpbench.expected import sentence_of
from pumpbench.files.reservoir import Reservoir
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.quantity import in_order
from pumpbench.gui.models.reservoir_form import KEYS, checked, texts_of
from pumpbench.gui.widgets.ask_panel import AskPanel
from pumpbench.gui.widgets.draft_fields import lay_out
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.units import CONCENTRATION, VOLUME


class DefineForm(QWidget):
    """For one reservoir at a time; what is typed is checked as a reservoir file is."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._index: int | None = None
        self._shown: dict[str, str] = {}  # what the board has, as it was put into the fields
        self._drugs = QComboBox()
        self._concentrations = QComboBox()
        self.edits: dict[str, QLineEdit] = {}
        self.problems: dict[str, ProblemLabel] = {}
        self._title = QLabel()
        self._title.setProperty("look", "title")
        self.send = QPushButton(self.tr("De&fine on the board"))
        self.send.setProperty("look", "primary")
        self.problem = ProblemLabel()
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.ask = AskPanel()
        self._lay_out()
        self.send.clicked.connect(self._send_when_sure)
        lab.drugs.changed.connect(self._offer_drugs)
        self._offer_drugs()

    def open(self, reservoir: BoardReservoir) -> None:
        """Show a reservoir of the board, to be changed."""
        self._index = reservoir.index
        self._title.setText(self.tr("Define reservoir {0}").format(reservoir.index))
        self._show(reservoir)
        for label in (self.problem, *self.problems.values()):
            label.tell("")
        self.said.setText("")
        self.ask.hide()

    def refresh(self, reservoir: BoardReservoir) -> None:
        """Follow the board as long as nothing was typed."""
        if self._typed() == self._shown and texts_of(reservoir) != self._shown:
            said = self.said.text()
            self._show(reservoir)
            self.said.setText(said)

    def _show(self, reservoir: BoardReservoir) -> None:
        self._shown = texts_of(reservoir)
        for key in KEYS:
            self.edits[key].setText(self._shown.get(key, ""))

    def _typed(self) -> dict[str, str]:
        """What stands in the fields, without those that are empty."""
        return {key: edit.text() for key, edit in self.edits.items() if edit.text()}

    def _lay_out(self) -> None:
        labels = {
            "drug": self.tr("Dr&ug"),
            "concentration": self.tr("C&oncentration"),
            "capacity": self.tr("Ca&pacity"),
            "contents": self.tr("Co&ntents now"),
            "low_at": self.tr("&Warn when so much is left (a tenth of the contents if empty)"),
            "empty_at": self.tr("Stop when so &much is left (0 if empty)"),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        for number, (key, label) in enumerate(labels.items()):
            grid.addWidget(self._field(key, label), number // 2, number % 2)
        column = QVBoxLayout(self)
        column.addWidget(self._title)
        column.addLayout(grid)
        for part in (self.ask, self.problem, self.said):
            column.addWidget(part)
        column.addWidget(self.send, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def _field(self, key: str, label: str) -> QWidget:
        field, problem = QWidget(), ProblemLabel()
        choice = {"drug": self._drugs, "concentration": self._concentrations}.get(key)
        edit = QLineEdit()
        if choice is not None:
            choice.setEditable(True)
            choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            choice.setLineEdit(edit)
        lay_out(field, label, edit if choice is None else choice, problem)
        edit.setAccessibleName(label.replace("&", ""))
        edit.textChanged.connect(self._check)
        kind = {"drug": None, "concentration": CONCENTRATION}.get(key, VOLUME)
        edit.editingFinished.connect(lambda: edit.setText(in_order(kind, edit.text())))
        self.edits[key], self.problems[key] = edit, problem
        return field

    def _offer_drugs(self) -> None:
        library, typed = self._lab.drugs.library, self.edits["drug"].text()
        self._drugs.clear()
        self._drugs.addItems([drug.name for drug in library.drugs] if library is not None else [])
        self.edits["drug"].setText(typed)

    def _offer_concentrations(self) -> None:
        library, typed = self._lab.drugs.library, self.edits["concentration"].text()
        drug = library.drug(self.edits["drug"].text()) if library is not None else None
        offered = [CONCENTRATION.format(one) for one in drug.concentrations] if drug is not None else []
        if offered != [self._concentrations.itemText(at) for at in range(self._concentrations.count())]:
            self._concentrations.clear()
            self._concentrations.addItems(offered)
            self.edits["concentration"].setText(typed)

    def _check(self) -> Reservoir | None:
        if self._index is None:
            return None
        self._offer_concentrations()
        found = checked(self._index, self._typed())
        for key, label in self.problems.items():
            label.tell(found.problems.get(key, ""))
        self.send.setEnabled(found.reservoir is not None)
        self.said.setText("")
        return found.reservoir

    def _send_when_sure(self) -> None:
        wanted = self._check()
        if wanted is None:
            return
        where = self.tr("reservoir {0}").format(wanted.id)
        found = self._lab.drugs.check_filling(wanted, where)
        refused = refusal(found)
        self.problem.tell(refused)
        if refused:
            return
        if not found:
            self._send(wanted, [], "")
            return
        yes = self.tr("Define it all the same")
        self.ask.ask(told(found), yes, lambda reason: self._send(wanted, found, reason))

    def _send(self, wanted: Reservoir, limits: list[Crossing], reason: str) -> None:
        index = int(wanted.id)

        def work(desk: Desk) -> None:
            note(desk.note, f"reservoir {index}", limits, reason)
            desk.client.request("reservoir_set", **wanted.wire(index))

        def done(_: None) -> None:
            self.said.setText(
                self.tr("✓ reservoir {0} is defined, with {1} in it").format(
                    index, VOLUME.format(wanted.contents_nl)
                )
            )

        self.problem.tell("")
        self._lab.link.command(work, done, lambda error: self.problem.tell(sentence_of(error)))
