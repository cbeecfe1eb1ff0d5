"""The list of earlier trials and calibrations below a folder."""

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pumpbench.expected import sentence_of
from pumpbench.gui.models.table import TextTable
from pumpbench.gui.models.trial_words import EARLIER, earlier_cells
from pumpbench.gui.settings import Settings
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.setup_head import trials_folder
from pumpbench.gui.widgets.text_table import selected_rows, text_table
from pumpbench.gui.worker import Worker
from pumpbench.trials.conduct.earlier import Earlier, earlier_below


class EarlierTrials(QWidget):
    """Reads the folders on another thread, anew whenever it is shown. Of a damaged one that is chosen it
    says what cannot be read.
    """

    chosen = pyqtSignal(object)
    """An `Earlier` to look at."""
    go_on_wanted = pyqtSignal(object)
    """An `Earlier` that was cut off, to go on with."""

    def __init__(self, settings: Settings, reading: Worker) -> None:
        super().__init__()
        self._settings = settings
        self._reading = reading
        self.rows: list[Earlier] = []
        self.folder: Path | None = None
        self.where = QLabel()
        self.where.setProperty("look", "muted")
        other = QPushButton(self.tr("Other &folder …"))
        other.clicked.connect(self._choose_folder)
        self.problem = ProblemLabel()
        self.problem.setObjectName("earlier-problem")
        self.table = TextTable(EARLIER)
        self.list = text_table(self.table, self.tr("Earlier trials, the newest first"), 1)
        self.list.setObjectName("earlier")
        self.open = QPushButton(self.tr("&Look at it"))
        self.open.setObjectName("earlier-open")
        self.open.setProperty("look", "primary")
        self.go_on = QPushButton(self.tr("&Go on with it"))
        self.go_on.setObjectName("earlier-go-on")
        self.go_on.setToolTip(self.tr("A trial on a real pump that was cut off goes on where it is"))
        top, below = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.where, 1)
        top.addWidget(other)
        below.addStretch(1)
        below.addWidget(self.go_on)
        below.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self.problem)
        column.addLayout(below)
        selection = self.list.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._follow())
        self.list.doubleClicked.connect(lambda _: self._open())
        self.open.clicked.connect(self._open)
        self.go_on.clicked.connect(lambda: self.go_on_wanted.emit(self.current))
        self._follow()

    @property
    def current(self) -> Earlier | None:
        """The trial that is chosen."""
        rows = selected_rows(self.list)
        return self.rows[rows[0]] if rows else None

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Read the list anew."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        folder = self.folder or trials_folder(self._settings)
        self.where.setText(self.tr("Trials in {0}").format(folder))
        self._reading.do(lambda: earlier_below(folder), self._show, self._fail)

    def _show(self, rows: list[Earlier]) -> None:
        self.rows = sorted(
            rows, key=lambda one: (one.began or one.folder.name, one.folder.name), reverse=True
        )
        self.table.show([earlier_cells(one) for one in self.rows])
        if self.rows:
            self.list.selectRow(0)
        self._follow()

    def _fail(self, error: Exception) -> None:
        self.problem.tell(sentence_of(error))

    def _follow(self) -> None:
        one = self.current
        self.problem.tell("" if one is None else one.damage)
        self.open.setEnabled(one is not None)
        self.go_on.setEnabled(one is not None and not one.ended and not one.virtual)

    def _open(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    def _choose_folder(self) -> None:
        chooser = QFileDialog(self, self.tr("Folder of trials"), str(trials_folder(self._settings)))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.DontUseNativeDialog)
        chooser.setModal(False)
        chooser.fileSelected.connect(self.show_folder)
        chooser.show()

    def show_folder(self, folder: str) -> None:
        """List what lies there."""
        self.folder = Path(folder)
        self.refresh()
