"""Where to save something: a panel in the page, because a dialog could cover Stop."""

from pathlib import Path

from PyQt6.QtCore import QStandardPaths, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from pumpbench.gui.widgets.problem_label import ProblemLabel


class SavePanel(QFrame):
    """Hidden until `ask`; `wanted` says that somebody chose a file."""

    wanted = pyqtSignal(object)
    """The `Path`."""
    given_up = pyqtSignal()
    """Somebody gave up what is under way, or closed the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "panel")
        self.title = QLabel()
        self.path = QLineEdit()
        self.path.setObjectName("save-path")
        self.path.setMinimumWidth(320)
        self.path.setAccessibleName(self.tr("File to save to"))
        self.path.returnPressed.connect(self._save)
        browse = QPushButton(self.tr("&Browse…"))
        browse.clicked.connect(self._browse)
        self.save = QPushButton(self.tr("&Save"))
        self.save.setObjectName("save-now")
        self.save.setProperty("look", "primary")
        self.save.clicked.connect(self._save)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setObjectName("save-cancel")
        self.cancel.clicked.connect(self._cancel)
        self.bar = QProgressBar()
        self.bar.setVisible(False)
        self.problem = ProblemLabel()
        row = QHBoxLayout()
        for widget in (self.path, browse, self.save, self.cancel):
            row.addWidget(widget, 1 if widget is self.path else 0)
        grid = QGridLayout(self)
        grid.addWidget(self.title, 0, 0)
        grid.addLayout(row, 0, 1)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        grid.addWidget(self.problem, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self._suffix = ""
        self.setVisible(False)

    def ask(self, title: str, name: str, suffix: str) -> None:
        """Show the panel with a name proposed, in the folder that was used last."""
        folder = Path(self.path.text()).parent if self.path.text() else _documents()
        self._suffix = suffix
        self.title.setText(title)
        self.path.setText(str(folder / f"{name}{suffix}"))
        self.tell("")
        self._busy(False)
        self.setVisible(True)
        self.path.setFocus()
        self.path.setSelection(len(str(folder)) + 1, len(name))

    def progress(self, done: int, of: int) -> None:
        """Show how far the work is."""
        self._busy(True)
        self.bar.setRange(0, of)
        self.bar.setValue(done)

    def tell(self, problem: str) -> None:
        """Show why it did not come about; the panel stays."""
        self._busy(False)
        self.problem.tell(problem)

    def finish(self) -> None:
        """Hide the panel: it is saved."""
        self.setVisible(False)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802  Qt's name
        """Escape gives up."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self._cancel()
            return
        super().keyPressEvent(event)

    def _busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.save.setEnabled(not busy)
        self.path.setEnabled(not busy)

    def _save(self) -> None:
        path = Path(self.path.text().strip()).expanduser()
        if not self.path.text().strip() or path.is_dir():
            self.tell(self.tr("Name a file to save to."))
            return
        if not path.suffix:
            path = path.with_suffix(self._suffix)
        self.tell("")
        self.wanted.emit(path)

    def _cancel(self) -> None:
        self.given_up.emit()
        self.setVisible(False)

    def _browse(self) -> None:
        chooser = QFileDialog(self, self.title.text(), self.path.text())
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(self._suffix.lstrip("."))
        chooser.setModal(False)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(self.path.setText)
        chooser.show()


def _documents() -> Path:
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return folder if folder.is_dir() else Path.home()
