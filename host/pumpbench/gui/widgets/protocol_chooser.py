"""Which protocol is to be tried: those that come with pumpbench, files of one's own, a new one."""

from pathlib import Path

from PyQt6.QtCore import QFileSystemWatcher, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pumpbench.expected import sentence_of
from pumpbench.files import examples, toml
from pumpbench.files.trial_template import TRIAL as TEMPLATE
from pumpbench.gui.models.bench_setup import Protocol, in_short, read_protocol, steps_in_words
from pumpbench.gui.widgets.file_dialogs import ask_to_open, ask_to_save
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.worker import Worker

_FILTER = "*.toml"


class ProtocolChooser(QFrame):
    """Shows what the chosen protocol does, or what is wrong with it; reads it again when the file changes."""

    changed = pyqtSignal()

    def __init__(self, reading: Worker) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.protocol = Protocol(None)
        self._reading = reading
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _: self.read())
        title = QLabel(self.tr("P&rotocol"))
        title.setProperty("look", "title")
        self.files = QComboBox()
        self.files.setObjectName("protocols")
        self.files.setAccessibleName(self.tr("Protocol"))
        self.files.setMinimumWidth(220)
        title.setBuddy(self.files)
        other, new, self.edit = (
            QPushButton(self.tr("&Other file …")),
            QPushButton(self.tr("&New …")),
            QPushButton(self.tr("&Edit")),
        )
        new.setToolTip(self.tr("Write a commented protocol to begin with"))
        self.edit.setToolTip(self.tr("Open the file in this machine's editor; it is read again when saved"))
        self.problem = ProblemLabel()
        self.problem.setObjectName("protocol-problem")
        self.short, self.steps = QLabel(), QLabel()
        self.short.setWordWrap(True)
        self.short.setObjectName("protocol-short")
        self.steps.setWordWrap(True)
        self.steps.setObjectName("protocol-steps")
        self.steps.setProperty("look", "muted")
        row = QHBoxLayout()
        for button in (other, new, self.edit):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.files)
        column.addLayout(row)
        for widget in (self.problem, self.short, self.steps):
            column.addWidget(widget)
        column.addStretch(1)
        for path in sorted((examples.folder() / "trials").glob(_FILTER)):
            self.files.addItem(path.stem, str(path))
        self.files.currentIndexChanged.connect(self.read)
        other.clicked.connect(self._choose)
        new.clicked.connect(self._name_new)
        self.edit.clicked.connect(self._edit)
        self.read()

    def choose(self, path: Path) -> None:
        """Choose a file."""
        if self.files.findData(str(path)) < 0:
            self.files.addItem(path.name, str(path))
        if self.files.currentData() == str(path):
            self.read()
        self.files.setCurrentIndex(self.files.findData(str(path)))

    def read(self) -> None:
        """Read the chosen file anew."""
        name = self.files.currentData()
        if name is not None:
            path = Path(name)
            self._reading.do(lambda: read_protocol(path), self._show, lambda error: None)

    def _show(self, protocol: Protocol) -> None:
        if str(protocol.path) != self.files.currentData():
            return  # another one was chosen meanwhile
        self.protocol = protocol
        if str(protocol.path) not in self._watcher.files():  # an editor may have put a new file in its place
            if watched := self._watcher.files():
                self._watcher.removePaths(watched)
            self._watcher.addPath(str(protocol.path))
        self.problem.tell(protocol.fault)
        trial = protocol.trial
        self.short.setText("" if trial is None else f"{trial.name}: {in_short(trial)}")
        self.steps.setText("" if trial is None else "\n".join(steps_in_words(trial)))
        self.changed.emit()

    def _choose(self) -> None:
        ask_to_open(
            self, self.tr("Trial protocol"), self.tr("Trial protocols (*.toml)"), Path.home(), self.choose
        )

    def _name_new(self) -> None:
        ask_to_save(
            self, self.tr("New trial protocol"), self.tr("Trial protocols (*.toml)"),
            Path.home() / "my-trial.toml", self.write_new,
        )  # fmt: skip

    def write_new(self, path: Path) -> None:
        """Write the template there, choose it and open it to be edited."""

        def written(_: None) -> None:
            self.choose(path)
            self._edit()

        self._reading.do(
            lambda: toml.write_new(path, TEMPLATE),
            written,
            lambda error: self.problem.tell(sentence_of(error)),
        )

    def _edit(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.files.currentData())))
