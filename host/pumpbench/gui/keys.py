"""The keys that stop the pump wherever the cursor is: in a text field, a dropped-down list, a dialog."""

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication

_ALONE = (Qt.Key.Key_F12, Qt.Key.Key_Pause)
_WITH_CTRL = Qt.Key.Key_Period


class StopKeys(QObject):
    """Looks at every key of the application before any widget does.

    A shortcut of Qt's is no help here: a window that is modal, and a list that is dropped down, get all keys.
    Escape is none of them: it takes back what is being typed, all over, and must not end a run of two weeks.
    """

    pressed = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._application = application

    def let_go(self) -> None:
        """Look no more: at its end the program must not be asked what it no longer knows."""
        self._application.removeEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802  Qt's name
        """Take a stop key; whoever it was meant for does not get it."""
        if event is None or event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if not isinstance(event, QKeyEvent) or not _is_stop(event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no shortcut, but a key: it comes again, as one
            return True
        if not event.isAutoRepeat():
            self.pressed.emit()
        return True


def _is_stop(event: QKeyEvent) -> bool:
    if event.key() in _ALONE:
        return True
    return event.key() == _WITH_CTRL and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
