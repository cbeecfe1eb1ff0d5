"""What a person does to a window, by keyboard and mouse."""

from typing import Any

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

_TEST: Any = QTest  # its static methods are declared as if they were not


def type_into(widget: QWidget, text: str) -> None:
    """Type a text where the cursor is."""
    _TEST.keyClicks(widget, text)


def press(
    widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press and let go of a key."""
    _TEST.keyClick(widget, key, modifiers)


def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Click with the left button, in the middle unless told otherwise."""
    _TEST.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())
