"""The audit trail: who did what and when, and whether the trail is whole."""

from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pumpbench.gui.models.runs import AUDIT_HEADINGS, AuditTrail
from pumpbench.gui.models.table import TextTable
from pumpbench.gui.widgets.text_table import text_table


class AuditView(QWidget):
    """Told what to show; `again` is the button that verifies anew."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = QLabel(self.tr("Not verified yet."))
        self.verdict.setObjectName("audit-verdict")
        self.verdict.setWordWrap(True)
        self.again = QPushButton(self.tr("&Verify"))
        self.table = TextTable(AUDIT_HEADINGS, numbers=(0,))
        top = QHBoxLayout()
        top.addWidget(self.verdict, 1)
        top.addWidget(self.again)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(text_table(self.table, self.tr("Audit trail, the newest entry first"), 5), 1)

    def show_trail(self, trail: AuditTrail) -> None:
        """Show the trail and what was found."""
        self.verdict.setText(f"{'✔' if trail.whole else '⚠'} {trail.verdict}")
        self.table.show(trail.rows)
