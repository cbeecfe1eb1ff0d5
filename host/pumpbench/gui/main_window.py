"""The main window: the pages, and above them what must never be covered."""

from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.overview import OverviewPage
from pumpbench.gui.pages.page import Page
from pumpbench.gui.pages.plots import PlotsPage
from pumpbench.gui.pages.program import ProgramPage
from pumpbench.gui.pages.reservoirs import ReservoirsPage
from pumpbench.gui.pages.runs import RunsPage
from pumpbench.gui.pages.trials import TrialsPage

PAGES: tuple[type[Page], ...] = (OverviewPage, ReservoirsPage, ProgramPage, PlotsPage, TrialsPage, RunsPage)


class MainWindow(QMainWindow):
    """The window of one laboratory."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self.setWindowTitle(self.tr("pumpbench"))
        self.pages = [page(lab) for page in PAGES]
        stack, names = QStackedWidget(), QListWidget()
        for page in self.pages:
            stack.addWidget(page)
            names.addItem(page.title)
        names.currentRowChanged.connect(stack.setCurrentIndex)
        names.setMaximumWidth(180)
        stop = QPushButton(self.tr("STOP"))
        stop.clicked.connect(lab.link.stop)
        middle = QWidget()
        row = QHBoxLayout()
        row.addWidget(names)
        row.addWidget(stack, 1)
        column = QVBoxLayout(middle)
        column.addWidget(stop)
        column.addLayout(row, 1)
        self.setCentralWidget(middle)
        names.setCurrentRow(0)
        lab.said.connect(self._say)

    def _say(self, sentence: str) -> None:
        bar = self.statusBar()
        assert bar is not None
        bar.showMessage(sentence)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802  Qt's name
        """Leave the pump before the window is gone."""
        self._lab.close()
        super().closeEvent(event)
