"""How a cell of the draft is written into: what is typed is in the draft at once, Escape takes it back."""

from PyQt6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pumpbench.gui.models.draft_table import DraftTable
from pumpbench.gui.models.program_draft import SEGMENTS, ProgramDraft
from pumpbench.gui.models.quantity import in_order
from pumplink.names import SEGMENT_NAMES


class DraftDelegate(QStyledItemDelegate):
    """For a `DraftTable`."""

    def __init__(self, table: DraftTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table

    def createEditor(  # noqa: N802
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget:
        """A list of words for a kind and a reservoir, else a line."""
        key = self._table.columns[index.column()].key
        document = self._table.document
        document.edit(ProgramDraft.settle)
        if self._table.table == SEGMENTS and key in ("kind", "reservoir"):
            words = SEGMENT_NAMES if key == "kind" else tuple(document.draft.reservoir_ids)
            choice = QComboBox(parent)
            choice.addItems(words)
            choice.textActivated.connect(lambda: self.commitData.emit(choice))
            return choice
        line = QLineEdit(parent)
        line.textEdited.connect(lambda: self.commitData.emit(line))
        return line

    def setEditorData(self, editor: QWidget | None, index: QModelIndex) -> None:  # noqa: N802
        """Show what is written; what is just being typed is left alone."""
        text = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text)
        elif isinstance(editor, QLineEdit) and editor.text() != text:
            editor.setText(text)

    def setModelData(  # noqa: N802
        self, editor: QWidget | None, model: QAbstractItemModel | None, index: QModelIndex
    ) -> None:
        """Write what is typed."""
        text = editor.currentText() if isinstance(editor, QComboBox) else ""
        if isinstance(editor, QLineEdit):
            text = editor.text()
        if index.data(Qt.ItemDataRole.EditRole) != text:
            self._table.setData(index, text)

    def destroyEditor(self, editor: QWidget | None, index: QModelIndex) -> None:  # noqa: N802
        """Leave the cell with its text put in order."""
        kind = self._table.columns[index.column()].kind
        text = index.data(Qt.ItemDataRole.EditRole)
        if (ordered := in_order(kind, text)) != text:
            self._table.setData(index, ordered)
        self._table.document.edit(ProgramDraft.settle)
        super().destroyEditor(editor, index)

    def eventFilter(self, editor: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Escape: as if nothing had been typed."""
        pressed = event.type() == QEvent.Type.KeyPress if event is not None else False
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._table.document.edit(ProgramDraft.take_back)
        return super().eventFilter(editor, event)
