"""What a trial or a calibration came to, and where it is kept."""

from pathlib import Path
from typing import Any

from PyQt6.QtCore import QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QResizeEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pumpbench.gui.models import trial_words
from pumpbench.gui.models.state import AT_WORK, ATTENTION, CROSS, QUESTION, TICK, WRONG, StateFace
from pumpbench.gui.models.table import TextTable
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.simulated_mark import SimulatedMark
from pumpbench.gui.widgets.state_badge import StateBadge
from pumpbench.gui.widgets.text_table import text_table

_MOST_ROWS = 12


class TrialOutcome(QFrame):
    """Empty until shown a result."""

    report_wanted = pyqtSignal()
    """Work the figures out and report them again."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self._folder = Path()
        self.name, self.simulated, self.why = QLabel(), SimulatedMark(theme), QLabel()
        self.name.setProperty("look", "title")
        self.name.setWordWrap(True)
        self.simulated.setObjectName("trial-simulated")
        self.badge = StateBadge(theme)
        self.badge.setObjectName("verdict")
        self.why.setWordWrap(True)
        self.why.setObjectName("verdict-why")
        self.figures = QGridLayout()
        self.figures.setVerticalSpacing(3)
        self.figures.setColumnStretch(1, 1)
        self.judged = TextTable(trial_words.JUDGED, numbers=(1, 2))
        self.strokes = TextTable(trial_words.STROKES, numbers=(0, 1, 2))
        self.judged_view = text_table(self.judged, self.tr("Judged"), 0, wrapped=True)
        self.judged_view.setObjectName("judged")
        self.strokes_view = text_table(self.strokes, self.tr("Stroke volumes"), 0)
        self.remarks = QLabel()
        self.remarks.setWordWrap(True)
        self.remarks.setObjectName("trial-remarks")
        self.html, self.pdf, self.open_folder, self.again = (
            QPushButton(words)
            for words in (
                self.tr("Open &report"),
                self.tr("Open &PDF"),
                self.tr("Open &folder"),
                self.tr("Report a&gain"),
            )
        )
        self.again.setToolTip(self.tr("Work the figures out from the readings and write the report anew"))
        for button, name in ((self.html, "report.html"), (self.pdf, "report.pdf"), (self.open_folder, "")):
            button.clicked.connect(lambda _, name=name: self._open(name))
        self.again.clicked.connect(self.report_wanted)
        self._lay_out()
        self.dress(theme)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for button in (self.html, self.pdf):
            first.addWidget(button)
        for button in (self.open_folder, self.again):
            second.addWidget(button)
        first.addStretch(1)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.simulated)
        column.addWidget(self.badge)
        column.addWidget(self.why)
        column.addLayout(self.figures)
        column.addWidget(self.judged_view)
        column.addWidget(self.strokes_view)
        column.addWidget(self.remarks)
        column.addLayout(first)
        column.addLayout(second)
        column.addStretch(1)

    def show_trial(self, folder: Path, result: dict[str, Any]) -> None:
        """Show what a trial found."""
        face = trial_words.face_of(result["verdict"])
        self._show(folder, result["name"], face, result["simulated"], trial_words.figures(result))
        self._show_table(True, trial_words.judgements(result))
        self._show_remarks(trial_words.remarks(result))

    def show_calibration(self, folder: Path, told: dict[str, Any]) -> None:
        """Show what a calibration found."""
        face = StateFace(self.tr("Calibrated"), TICK, AT_WORK, self.tr("it was written to the board"))
        figures = trial_words.calibration_figures(told)
        self._show(folder, self.tr("Calibration"), face, told["simulated"], figures)
        self._show_table(False, trial_words.stroke_rows(told))
        self._show_remarks([])

    def show_without(self, folder: Path, name: str, simulated: bool, sentence: str, *, bad: bool) -> None:
        """Show that there is no result, and why."""
        words = self.tr("Failed to run") if bad else self.tr("Not finished")
        face = StateFace(words, CROSS if bad else QUESTION, WRONG if bad else ATTENTION, sentence)
        self._show(folder, name, face, simulated, [])
        self._show_table(True, [])
        self._show_remarks([])
        self.judged_view.hide()

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.badge.set_theme(theme)
        self.simulated.dress(theme)

    def _show(
        self, folder: Path, name: str, face: StateFace, simulated: bool, figures: list[tuple[str, str]]
    ) -> None:
        self._folder = folder
        self.name.setText(name)
        self.simulated.setVisible(simulated)
        self.badge.show_state(face, "", True)
        self.why.setText(f"{face.explanation[:1].upper()}{face.explanation[1:]}.".replace("..", "."))
        self._show_figures(figures)
        for button, file in ((self.html, "report.html"), (self.pdf, "report.pdf")):
            button.setVisible((folder / file).exists())
        self.open_folder.setVisible(folder.exists())

    def _show_figures(self, figures: list[tuple[str, str]]) -> None:
        while (item := self.figures.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for row, (name, value) in enumerate(figures):
            label, shown = QLabel(name), QLabel(value)
            label.setProperty("look", "muted")
            shown.setWordWrap(True)
            shown.setAccessibleName(name)
            self.figures.addWidget(label, row, 0)
            self.figures.addWidget(shown, row, 1)

    def _show_table(self, trial: bool, rows: list[tuple[str, ...]]) -> None:
        self.judged_view.setVisible(trial and bool(rows))
        self.strokes_view.setVisible(not trial and bool(rows))
        (self.judged if trial else self.strokes).show(rows)
        self._fit()
        self.again.setVisible(trial and bool(rows))

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802  Qt's name
        """Names take more lines where there is less room for them."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Make each table as high as its rows."""
        for view, table in ((self.judged_view, self.judged), (self.strokes_view, self.strokes)):
            view.resizeRowsToContents()
            header = view.horizontalHeader()
            assert header is not None
            rows = sum(view.rowHeight(row) for row in range(min(table.rowCount(), _MOST_ROWS)))
            view.setFixedHeight(header.sizeHint().height() + rows + 2 * view.frameWidth())

    def _show_remarks(self, remarks: list[str]) -> None:
        lines = [f"● {one[:1].upper()}{one[1:]}" for one in remarks]
        none = self.tr("No deviations.") if self.again.isVisibleTo(self) else ""
        self.remarks.setText("\n".join(lines) or none)
        self.remarks.setVisible(bool(self.remarks.text()))

    def _open(self, name: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder / name)))
