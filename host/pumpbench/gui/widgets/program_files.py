"""The row above the editor: new from a template, open, save, undo, redo, and which program is open."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pumpbench.expected import sentence_of
from pumpbench.files import toml
from pumpbench.files.examples import PROGRAMS, Example
from pumpbench.files.template import PROGRAM
from pumpbench.files.toml_text import HEADING
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_draft import ProgramDraft, Tables
from pumpbench.gui.widgets.file_dialogs import ask_to_open, ask_to_save
from pumpbench.gui.widgets.problem_label import ProblemLabel

_SUFFIX = ".toml"


class ProgramFiles(QWidget):
    """Files are read and written on another thread. Comments of a file are not kept, and the row says so."""

    def __init__(self, lab: Lab, document: Document) -> None:
        super().__init__()
        self._lab = lab
        self._document = document
        self._folder = Path.home()
        self.title = QLabel()
        self.title.setProperty("look", "title")
        self._note = QLabel()
        self._note.setProperty("look", "muted")
        self.problem = ProblemLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._templates())
        for text, key, act in (
            (self.tr("&Open…"), QKeySequence.StandardKey.Open, self.open),
            (self.tr("&Save"), QKeySequence.StandardKey.Save, self.save),
            (self.tr("Save as…"), QKeySequence.StandardKey.SaveAs, self.save_as),
        ):
            row.addWidget(self._button(text, key, act))
        self.undo = self._button(self.tr("↶ Undo"), QKeySequence.StandardKey.Undo, self._undo)
        self.redo = self._button(self.tr("↷ Redo"), QKeySequence.StandardKey.Redo, self._redo)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        for label in (self.title, self._note, self.problem):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words.addWidget(label)
        row.addLayout(words, 1)
        document.changed.connect(self._follow)
        self._tell("")
        self._follow()

    # --- opening ---

    def open(self) -> None:
        """Ask for a file and open it."""
        ask_to_open(self, self.tr("Open a program"), self.tr("Programs (*.toml)"), self._folder, self.load)

    def load(self, path: Path) -> None:
        """Open a file; one with faults is opened, too, to be mended here."""

        def done(read: tuple[Tables, bool]) -> None:
            tables, commented = read
            self._folder = path.parent
            self.problem.tell("")
            self._document.open(tables, path.name, path)
            self._tell(self.tr("Its comments are not kept when it is saved.") if commented else "")

        self._lab.reading.do(lambda: _read(path), done, self._fail)

    def use(self, example: Example) -> None:
        """Begin a new program from an example."""

        def done(tables: Tables) -> None:
            self._begin(tables, example.title)

        self._lab.reading.do(lambda: toml.read(example.path), done, self._fail)

    def _use_template(self) -> None:
        self._begin(toml.parse(PROGRAM.encode(), "the template"), self.tr("Everything there is"))

    def _begin(self, tables: Tables, name: str) -> None:
        self.problem.tell("")
        self._tell("")
        self._document.open(tables, name, None)

    # --- saving ---

    def save(self) -> None:
        """Save into the file that it came from, or ask for one."""
        if self._document.path is None:
            self.save_as()
        else:
            self.write(self._document.path)

    def save_as(self) -> None:
        """Ask for a file and save into it."""
        name = self._document.draft.cell("program", "name") or "program"
        plain = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-")
        suggested = self._document.path or self._folder / f"{plain}{_SUFFIX}"
        ask_to_save(self, self.tr("Save the program"), self.tr("Programs (*.toml)"), suggested, self.write)

    def write(self, path: Path) -> None:
        """Save into a file; a draft with faults is saved as it is."""
        text = self._document.draft.text

        def done(_: None) -> None:
            self._folder = path.parent
            self.problem.tell("")
            self._tell("")
            self._document.saved_as(path)

        self._lab.reading.do(lambda: toml.replace(path, text), done, self._fail)

    def _tell(self, note: str) -> None:
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _fail(self, error: Exception) -> None:
        self.problem.tell(sentence_of(error))

    # --- the row ---

    def _undo(self) -> None:
        self._document.edit(ProgramDraft.undo)

    def _redo(self) -> None:
        self._document.edit(ProgramDraft.redo)

    def _templates(self) -> QPushButton:
        button, menu = QPushButton(self.tr("&New from")), QMenu(self)
        for example in PROGRAMS:
            menu.addAction(example.title, lambda example=example: self.use(example))
        menu.addSeparator()
        menu.addAction(self.tr("Everything there is"), self._use_template)
        button.setMenu(menu)
        button.setToolTip(self.tr("Begin from a template; undo brings the old program back"))
        return button

    def _button(self, text: str, key: QKeySequence.StandardKey, act: Callable[[], None]) -> QPushButton:
        button, action = QPushButton(text), QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: act())
        button.clicked.connect(action.trigger)
        button.setToolTip(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
        return button

    def _follow(self) -> None:
        draft = self._document.draft
        self.title.setText(self._document.name)
        self.title.setToolTip(str(self._document.path or ""))
        if draft.changed:
            self.title.setText(self.tr("{0} (changed)").format(self._document.name))
        self.undo.setEnabled(draft.can_undo)
        self.redo.setEnabled(draft.can_redo)


def _read(path: Path) -> tuple[Tables, bool]:
    """The tables of a file, and whether it has comments."""
    tables = toml.read(path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return tables, any("#" in line for line in lines if line != HEADING)
