"""What a person does to a window, by keyboard and mouse."""

from typing import Any

from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

_DRAG_STEPS = 8
_TEST: Any = QTest  # its static methods are declared as if they were not


def type_into(widget: QWidget, text: str) -> None:
    """Type a text where the cursor is."""
    _TEST.keyClicks(widget, text)


def press(
    widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press and let go of a key."""
    _TEST.keyClick(widget, key, modifiers)


def drag(widget: QWidget, begin: QPoint, end: QPoint) -> None:
    """Press the left button, move in some steps, and let go."""
    _TEST.mouseMove(widget, begin)
    _TEST.mousePress(widget, Qt.MouseButton.LeftButton, pos=begin)
    for step in range(1, _DRAG_STEPS + 1):
        at = begin + (end - begin) * step / _DRAG_STEPS
        buttons, nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        place = QPointF(widget.mapToGlobal(at))
        QApplication.sendEvent(
            widget, QMouseEvent(QMouseEvent.Type.MouseMove, QPointF(at), place, buttons, buttons, nothing)
        )
    _TEST.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def press_down(widget: QWidget) -> None:
    """Press the left button in the middle, and hold it."""
    _TEST.mousePress(widget, Qt.MouseButton.LeftButton)


def let_go(widget: QWidget, at: QPoint) -> None:
    """Let the left button go there."""
    _TEST.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Click with the left button, in the middle unless told otherwise."""
    _TEST.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())
