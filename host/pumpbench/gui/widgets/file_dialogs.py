"""Asking for a file without blocking the window, so that Stop stays in reach."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QWidget


def ask_to_open(
    parent: QWidget, title: str, filter_: str, folder: Path, chosen: Callable[[Path], None]
) -> QFileDialog:
    """Show a dialog for a file that is there; `chosen` is told which."""
    dialog = _dialog(parent, title, filter_, folder, chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.show()
    return dialog


def ask_to_save(
    parent: QWidget, title: str, filter_: str, suggested: Path, chosen: Callable[[Path], None]
) -> QFileDialog:
    """Show a dialog for a file to write; it asks itself before one that is there is written over."""
    dialog = _dialog(parent, title, filter_, suggested.parent, chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggested.suffix.removeprefix("."))
    dialog.selectFile(suggested.name)
    dialog.show()
    return dialog


def _dialog(
    parent: QWidget, title: str, filter_: str, folder: Path, chosen: Callable[[Path], None]
) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder), filter_)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # the systems' own cannot but block the window
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog
