"""Fields for single keys of the draft, each with its problem below it while it is typed into."""

from PyQt6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_draft import ProgramDraft
from pumpbench.gui.models.quantity import in_order
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.units import Kind


class DraftLine(QWidget):
    """A line of text for the key at `path`; `unset` is what holds while nothing is typed."""

    def __init__(
        self, document: Document, path: tuple[str, str], label: str, unset: str = "", kind: Kind | None = None
    ) -> None:
        super().__init__()
        self._document = document
        self._path = path
        self._kind = kind
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(unset)
        self._problem = ProblemLabel()
        lay_out(self, label, self.edit, self._problem)
        self.edit.textEdited.connect(self._write)
        self.edit.editingFinished.connect(self._leave)
        document.changed.connect(self._follow)
        self._follow()

    def _write(self, text: str) -> None:
        self._document.edit(lambda draft: draft.put(self._path, text))

    def _leave(self) -> None:
        text = self.edit.text()
        if (ordered := in_order(self._kind, text)) != text:
            self._write(ordered)
        self._document.edit(ProgramDraft.settle)

    def _follow(self) -> None:
        text = self._document.draft.cell(*self._path)
        if self.edit.text() != text:
            self.edit.setText(text)
        problem = self._document.draft.problem(*self._path)
        self._problem.tell(problem)
        self.edit.setAccessibleDescription(problem)


class DraftChoice(QWidget):
    """One of a few words for the key at `path`."""

    def __init__(
        self, document: Document, path: tuple[str, str], label: str, words: tuple[str, ...], unset: str
    ) -> None:
        super().__init__()
        self._document = document
        self._path = path
        self._unset = unset
        self.choice = QComboBox()
        self.choice.addItems(words)
        self._problem = ProblemLabel()
        lay_out(self, label, self.choice, self._problem)
        self.choice.textActivated.connect(self._write)
        document.changed.connect(self._follow)
        self._follow()

    def _write(self, word: str) -> None:
        def change(draft: ProgramDraft) -> None:
            draft.put(self._path, word)
            draft.settle()

        self._document.edit(change)

    def _follow(self) -> None:
        self.choice.setCurrentText(self._document.draft.cell(*self._path) or self._unset)
        self._problem.tell(self._document.draft.problem(*self._path))


def lay_out(field: QWidget, label: str, edit: QWidget, problem: QWidget) -> None:
    """Put a label above a field, with its mnemonic, and the problem below."""
    heading = QLabel(label)
    heading.setProperty("look", "muted")
    heading.setBuddy(edit)
    edit.setAccessibleName(label.replace("&", ""))
    field.setFocusProxy(edit)
    column = QVBoxLayout(field)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    for part in (heading, edit, problem):
        column.addWidget(part)
