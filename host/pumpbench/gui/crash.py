"""What happens with an error that nobody foresaw: a window with one sentence and what to copy."""

import platform
import sys
import threading
import traceback
from importlib import metadata
from types import TracebackType

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget


class CrashWindow(QWidget):
    """Below the main window's header, over nothing that matters; the program goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("crash")
        self.setWindowTitle(self.tr("pumpbench: something went wrong"))
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        told = QLabel(
            self.tr("This is a fault of the program. It goes on, and so does the pump; STOP works. Please "
                    "copy what stands below and report it.")
        )  # fmt: skip
        told.setWordWrap(True)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName(self.tr("Details"))
        copy, close = QPushButton(self.tr("C&opy")), QPushButton(self.tr("&Close"))
        copy.setObjectName("copy")
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(self.sentence)
        column.addWidget(told)
        column.addWidget(self.details, 1)
        column.addLayout(row)
        self.resize(720, 380)

    def show_error(self, sentence: str, details: str) -> None:
        """Show an error; of several the first stands, and the others follow in the details."""
        if self.isVisible():
            self.details.appendPlainText("\n" + details)
            return
        self.sentence.setText(sentence)
        self.details.setPlainText(details)
        screen = self.screen()
        if screen is not None:  # STOP is at the top right
            corner = screen.availableGeometry().bottomLeft()
            self.move(corner.x(), corner.y() - self.height())
        self.show()

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(self.details.toPlainText())


class Net(QObject):
    """Catches what no part of the window has caught, from any thread."""

    interrupt = pyqtSignal()
    """Ctrl-C, or SIGTERM."""
    _fell = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.interrupted = False
        """Whether Ctrl-C, or SIGTERM, asked the program to end."""
        self.window = CrashWindow()
        self._fell.connect(self.window.show_error)

    def spread(self) -> None:
        """Catch from now on; PyQt ends the program else."""
        sys.excepthook = self.catch
        threading.excepthook = self._catch_in_thread

    def _catch_in_thread(self, fallen: threading.ExceptHookArgs) -> None:
        if fallen.exc_value is not None:
            self.catch(fallen.exc_type, fallen.exc_value, fallen.exc_traceback)

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Show an error; Ctrl-C closes the window."""
        if issubclass(kind, KeyboardInterrupt):
            self.interrupted = True
            self.interrupt.emit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        version = metadata.version("pumpbench")
        about = f"pumpbench {version}, Python {platform.python_version()}, {platform.platform()}"
        sentence = self.tr("Something went wrong in the program: {0}: {1}").format(kind.__name__, error)
        self._fell.emit(sentence, f"{about}\n{text}")
