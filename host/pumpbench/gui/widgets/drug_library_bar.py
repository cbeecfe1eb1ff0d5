"""Which drug library holds, and choosing another."""

from pathlib import Path

from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from pumpbench.files.examples import folder
from pumpbench.gui.lab import Lab
from pumpbench.gui.widgets.file_dialogs import ask_to_open
from pumpbench.gui.widgets.problem_label import ProblemLabel


class DrugLibraryBar(QWidget):
    """One row; a library that cannot be read is told as a problem, and nothing is checked against it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.problem = ProblemLabel()
        self._choose = QPushButton(self.tr("Choose a drug &library…"))
        self._none = QPushButton(self.tr("Use none"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.problem, 1)
        row.addWidget(self._choose)
        row.addWidget(self._none)
        self._choose.clicked.connect(self._ask)
        self._none.clicked.connect(lambda: lab.drugs.choose(None))
        lab.drugs.changed.connect(self._follow)
        self._follow()

    def _ask(self) -> None:
        path = self._lab.drugs.path
        start = path.parent if path is not None else folder() / "libraries"
        title, filter_ = self.tr("Choose a drug library"), self.tr("Drug libraries (*.toml)")
        ask_to_open(self, title, filter_, start if start.is_dir() else Path.home(), self._lab.drugs.choose)

    def _follow(self) -> None:
        drugs = self._lab.drugs
        self.problem.tell(drugs.problem)
        self.words.setVisible(not drugs.problem)
        self._none.setEnabled(drugs.path is not None)
        if drugs.library is None:
            self.words.setText(self.tr("No drug library: drugs have no limits but the board’s own."))
            return
        names = ", ".join(drug.name for drug in drugs.library.drugs)
        self.words.setText(self.tr("Drug library “{0}”: {1}").format(drugs.library.name, names))
        self.words.setToolTip(str(drugs.path))
