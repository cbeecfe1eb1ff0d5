"""The draft that is open on the page: which file it came from, and signals for whoever shows it."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.gui.models.program_draft import ProgramDraft, Tables


class Document(QObject):
    """One draft at a time. `path` is None until it is saved; `name` is what to call it meanwhile."""

    changed = pyqtSignal()
    """Anything of the draft is another now, or another draft is open."""
    opened = pyqtSignal()
    """Another draft is open; `changed` follows."""

    def __init__(self, tables: Tables, name: str) -> None:
        super().__init__()
        self.draft = ProgramDraft(tables)
        self.path: Path | None = None
        self.name = name

    def open(self, tables: Tables, name: str, path: Path | None) -> None:
        """Show another program, `path` None for a template; undo brings the one before back."""
        self.draft.open(tables)
        self.name, self.path = name, path
        self.opened.emit()
        self.changed.emit()

    def edit(self, change: Callable[[ProgramDraft], None]) -> None:
        """Change the draft, and tell who shows it."""
        change(self.draft)
        self.changed.emit()

    def saved_as(self, path: Path) -> None:
        """The draft is in this file now."""
        self.path, self.name = path, path.name
        self.edit(ProgramDraft.mark_saved)
