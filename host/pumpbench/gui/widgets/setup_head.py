"""Who does it, into which folder, and the button that starts it."""

import time
from pathlib import Path

from PyQt6.QtCore import QStandardPaths, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from pumpbench.gui.models.bench_setup import FOLDER_FIELD, usual_folder
from pumpbench.gui.settings import Settings
from pumpbench.gui.widgets.fault_form import FaultForm


def trials_folder(settings: Settings) -> Path:
    """Where the folders of trials and calibrations are made, unless told otherwise."""
    if settings.trials:
        return Path(settings.trials)
    place = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(place)) / "pumpbench trials"


class WhoAndWhere(FaultForm):
    """The folder is proposed anew for every name until somebody types another."""

    changed = pyqtSignal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._proposed = ""
        self.who, self.where = QLineEdit(), QLineEdit()
        self.who.setPlaceholderText(self.tr("the user of this machine"))
        self.where.setToolTip(self.tr("A new folder; nothing is ever written over"))
        browse = QPushButton(self.tr("Browse …"))
        browse.clicked.connect(self._browse)
        self.add("who", self.tr("&Who"), self.who)
        self.add(FOLDER_FIELD, self.tr("New &folder"), self.where, browse)
        self.where.textChanged.connect(self.changed)

    @property
    def person(self) -> str | None:
        """Who it is, None for the user of the machine."""
        return self.who.text().strip() or None

    @property
    def folder(self) -> Path | None:
        """Where it goes; None when nothing is typed."""
        text = self.where.text().strip()
        return Path(text).expanduser() if text else None

    def propose(self, name: str) -> None:
        """Propose a folder for a trial of this name, unless somebody typed one."""
        if self.where.text() == self._proposed:
            self._proposed = str(usual_folder(trials_folder(self._settings), name, time.time()))
            self.where.setText(self._proposed)

    def forget(self) -> None:
        """Propose a folder again, whatever was typed before."""
        self._proposed = self.where.text()

    def keep(self) -> None:
        """Make the next folders beside the one that is used now."""
        if self.folder is not None and self.where.text() != self._proposed:
            self._settings.trials = str(self.folder.parent)
        self._proposed = self.where.text()

    def _browse(self) -> None:
        name = Path(self.where.text()).name
        chooser = QFileDialog(self, self.tr("Folder of the trials"), str(trials_folder(self._settings)))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.DontUseNativeDialog)
        chooser.setModal(False)
        chooser.fileSelected.connect(lambda path: self.where.setText(str(Path(path) / name)))
        chooser.show()
