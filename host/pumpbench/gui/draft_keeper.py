"""Keeps the draft that is being written beside the window's settings: a crash costs a second of it."""

import contextlib
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer

from pumpbench.expected import sentence_of
from pumpbench.files import toml
from pumpbench.files.errors import FileError
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_draft import Tables

_KEEP_AFTER_MS = 1000
_NAME = "draft.toml"
_DAMAGED = "draft-damaged.toml"


class DraftKeeper(QObject):
    """Writes behind the changes, on another thread; reads once, at the start."""

    def __init__(self, lab: Lab, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = Path(lab.settings.file.fileName()).with_name(_NAME)
        self._lab = lab
        self._document = document
        self._kept = document.draft.tables
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_AFTER_MS)
        self._timer.timeout.connect(self._keep)
        document.changed.connect(self._timer.start)
        lab.closing.connect(self._keep)
        if self.path.exists():
            lab.reading.do(self._read, self._come_back, self._not_come_back)

    def _come_back(self, tables: Tables) -> None:
        """Show what was being written, unless something else was opened meanwhile."""
        if self._document.draft.tables is self._kept:
            self._document.open(tables, self.tr("Draft of last time"), None)
            self._kept = tables

    def _read(self) -> Tables:
        try:
            return toml.read(self.path)
        except FileError:  # what can be saved of it is not written over
            with contextlib.suppress(OSError):
                self.path.replace(self.path.with_name(_DAMAGED))
            raise

    def _not_come_back(self, error: Exception) -> None:
        told = self.tr("the draft of last time cannot be read, and is kept as {0}: {1}")
        self._lab.said.emit(told.format(_DAMAGED, sentence_of(error)))

    def _keep(self) -> None:
        draft = self._document.draft
        if draft.tables is self._kept:
            return
        self._kept, text = draft.tables, draft.text
        self._lab.reading.do(lambda: self._write(text), lambda _: None, self._fail)

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        toml.replace(self.path, text)

    def _fail(self, error: Exception) -> None:
        self._lab.said.emit(self.tr("the draft is not kept: {0}").format(sentence_of(error)))
