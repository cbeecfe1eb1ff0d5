"""What is known of one run: in a few facts, its events, its gaps."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFormLayout, QLabel, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from pumpbench.gui.models.runs import EVENT_HEADINGS, GAP_HEADINGS, Details
from pumpbench.gui.models.table import TextTable
from pumpbench.gui.widgets.text_table import text_table

_COMPLETE = "complete"


class RunDetails:
    """Adds its tabs to a tab widget of the page."""

    def __init__(self, tabs: QTabWidget) -> None:
        self._tabs = tabs
        self.verdict = QLabel()
        self.verdict.setObjectName("run-verdict")
        self.verdict.setWordWrap(True)
        self._facts = QFormLayout()
        self._facts.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.events = TextTable(EVENT_HEADINGS)
        self.gaps = TextTable(GAP_HEADINGS, numbers=(0, 1, 2, 3))
        tabs.addTab(self._summary(), tabs.tr("&Summary"))
        tabs.addTab(text_table(self.events, tabs.tr("Events of the run"), 2), tabs.tr("&Events"))
        tabs.addTab(text_table(self.gaps, tabs.tr("Gaps of the run"), 4), tabs.tr("&Gaps"))

    def _summary(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.addWidget(self.verdict)
        column.addLayout(self._facts)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        return area

    def clear(self, sentence: str) -> None:
        """Show a sentence instead of a run."""
        self._show_facts(())
        self.verdict.setText(sentence)
        self.events.show(())
        self.gaps.show(())
        self._count(0, 0)

    def show(self, details: Details) -> None:
        """Show a run."""
        good = details.verdict == _COMPLETE
        remarks = "; ".join(details.remarks) or self._tabs.tr("nothing to remark")
        words = self._tabs.tr("Data {verdict}: {remarks}.").format(verdict=details.verdict, remarks=remarks)
        self.verdict.setText(f"{'✔' if good else '⚠'} {words}")
        self._show_facts(details.facts)
        self.events.show(details.events)
        self.gaps.show(details.gaps)
        self._count(len(details.events), len(details.gaps))

    def _count(self, events: int, gaps: int) -> None:
        self._tabs.setTabText(1, self._tabs.tr("&Events ({count})").format(count=events))
        self._tabs.setTabText(2, self._tabs.tr("&Gaps ({count})").format(count=gaps))

    def _show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, value in facts:
            shown = QLabel(value)
            shown.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            shown.setWordWrap(True)
            label = QLabel(name)
            label.setProperty("look", "muted")
            self._facts.addRow(label, shown)
