"""What is shown when the laboratory's database cannot be opened."""

from pathlib import Path

from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLabel, QPushButton, QVBoxLayout


class NoDatabaseDialog(QDialog):
    """Says why and offers another file; no pump is connected yet that it could lie over."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self.setWindowTitle(self.tr("pumpbench: no database"))
        title = QLabel(self.tr("The laboratory's database cannot be opened"))
        title.setStyleSheet("font-weight: 600; font-size: 13pt;")
        self.sentence = QLabel(sentence[:1].upper() + sentence[1:])
        self.sentence.setObjectName("sentence")
        self.sentence.setWordWrap(True)
        told = QLabel(
            self.tr(
                "Nothing was changed. Choose another file, an old one or a new name, or quit and see to it."
            )
        )
        told.setWordWrap(True)
        buttons = QDialogButtonBox()
        choose = QPushButton(self.tr("&Choose another file …"))
        leave = QPushButton(self.tr("&Quit"))
        buttons.addButton(choose, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(leave, QDialogButtonBox.ButtonRole.RejectRole)
        choose.clicked.connect(self._choose)
        leave.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for widget in (title, self.sentence, told, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(560)

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Database"),
            filter=self.tr("Databases (*.sqlite)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self.path = Path(name)
            self.accept()


def other_database(sentence: str) -> Path | None:
    """Show why, and return the file to use instead; None to quit."""
    dialog = NoDatabaseDialog(sentence)
    dialog.exec()
    return dialog.path
