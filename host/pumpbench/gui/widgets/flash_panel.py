"""Puts this program's firmware onto a board, with a bar that shows how far it is."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from pumpbench.boards import catalogue
from pumpbench.expected import sentence_of
from pumpbench.flashing.flash import Order, Report, flash
from pumpbench.gui.worker import Worker

_NEVER_FLASHED = "virtual"
_EMULATED = "emulated_pico"


class FlashPanel(QFrame):
    """Shown where it is of use: a board whose firmware does not fit, or where none answers."""

    wanted = pyqtSignal()
    """Flash, please: who has the port open is to let it go, and to call `begin`."""
    flashed = pyqtSignal(str)
    """It is done, and the pump answers at this port."""
    _moved = pyqtSignal(str, int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.setObjectName("flash")
        self._worker = Worker("flash", self)
        self._why, self.said = QLabel(), QLabel()
        self._why.setWordWrap(True)
        self.said.setWordWrap(True)
        self.said.setObjectName("flash-said")
        self.board = QComboBox()
        self.board.setAccessibleName(self.tr("Kind of board"))
        real = [name for name in catalogue.names() if name not in (_NEVER_FLASHED, _EMULATED)]
        self.board.addItems([*real, _EMULATED])
        self.button = QPushButton(self.tr("&Flash this firmware"))
        self.button.setObjectName("flash-now")
        self.bar = QProgressBar()
        self.bar.hide()
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("The board is a")))
        row.addWidget(self.board)
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self._why)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.said)
        self.button.clicked.connect(self._want)
        self._moved.connect(self._show_progress)
        self.hide()

    def offer(self, why: str, board: str) -> None:
        """Show why flashing is of use; `board` is the kind that it seems to be, which may be chosen anew."""
        if why != self._why.text():
            self._why.setText(why)
            self.board.setCurrentIndex(max(0, self.board.findText(board)))
        self.show()

    @property
    def busy(self) -> bool:
        """Whether it is flashing."""
        return not self.button.isEnabled()

    def begin(self, port: str) -> None:
        """Flash the board at `port`, which nobody has open."""
        name = self.board.currentText()
        self.said.setText("")
        self.bar.setRange(0, 0)
        self.bar.show()
        self._worker.do(
            lambda: flash(Order(catalogue.board(name), port=port, progress=self._moved.emit)),
            self._done,
            self._failed,
        )

    def close_worker(self) -> None:
        """End; a flash that is under way is seen to its end."""
        self._worker.close()

    def _want(self) -> None:
        self.button.setEnabled(False)
        self.wanted.emit()

    def _show_progress(self, what: str, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.said.setText(what)

    def _done(self, report: Report) -> None:
        self._rest(
            self.tr("Firmware {0} is on the board, was verified, and answers at {1}.").format(
                report.firmware, report.link_port
            )
        )
        self.flashed.emit(report.link_port)

    def _failed(self, error: Exception) -> None:
        self._rest(sentence_of(error))

    def _rest(self, sentence: str) -> None:
        self.bar.hide()
        self.button.setEnabled(True)
        self.said.setText(sentence)
