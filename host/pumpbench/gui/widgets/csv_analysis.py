"""Start-up and trumpet curve of a balance's readings that somebody recorded into a CSV file."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pumpbench.expected import sentence_of
from pumpbench.gui.models import recorded_readings as recorded
from pumpbench.gui.models.recorded_readings import Found, faults_of, found_in
from pumpbench.gui.models.trial_curves import curves_of
from pumpbench.gui.models.trial_words import forming_in_words
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.fault_form import FaultForm
from pumpbench.gui.widgets.file_dialogs import ask_to_open
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.trial_plots import TrialPlots
from pumpbench.gui.worker import Worker

_SIDE_PX = 400


class CsvAnalysis(QWidget):
    """Its file is read, and worked at, on another thread."""

    def __init__(self, theme: Theme, reading: Worker) -> None:
        super().__init__()
        self._reading = reading
        self.form = FaultForm()
        self.fields: dict[str, QLineEdit] = {}
        self._found: Found | None = None
        for key, words, usual, hint in (
            (recorded.FILE, self.tr("CSV &file"), "", self.tr("time_s, mass_g")),
            (recorded.RATE_FIELD, self.tr("Set &rate"), "", "5 mL/h"),
            (recorded.INTERVAL, self.tr("Sample interval, s"), "30", ""),
            (recorded.WINDOWS, self.tr("Windows, min"), "2, 5, 11, 19, 31", ""),
            (recorded.FROM, self.tr("Analysed from, min"), "60", ""),
            (recorded.TO, self.tr("Analysed to, min"), "120", ""),
            (recorded.DENSITY, self.tr("Density, g/mL"), "", "0.998"),
            (recorded.EVAPORATION, self.tr("Evaporation, mg/h"), "", self.tr("not stated")),
            (recorded.RESOLUTION, self.tr("Balance's last digit, mg"), "", self.tr("not stated")),
            (recorded.REPEATABILITY, self.tr("Its repeatability, mg"), "", self.tr("not stated")),
            (recorded.DRIFT, self.tr("Its drift, mg/h"), "", self.tr("not stated")),
        ):
            field = QLineEdit(usual)
            field.setPlaceholderText(hint)
            field.setObjectName(f"csv-{key}")
            field.returnPressed.connect(self.analyse)
            self.fields[key] = field
            if key == recorded.FILE:
                browse = QPushButton(self.tr("Browse …"))
                browse.clicked.connect(self._browse)
                self.form.add(key, words, field, browse)
            else:
                self.form.add(key, words, field)
        self.button = QPushButton(self.tr("&Analyse"))
        self.button.setObjectName("analyse")
        self.button.setProperty("look", "primary")
        self.problem, self.told = ProblemLabel(), QLabel()
        self.problem.setObjectName("csv-problem")
        self.told.setObjectName("csv-told")
        self.told.setWordWrap(True)
        self.plots = TrialPlots(theme)
        self.plots.hide()
        self.button.clicked.connect(self.analyse)
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QFrame()
        inner.setProperty("look", "panel")
        side = QVBoxLayout(inner)
        side.setContentsMargins(12, 10, 12, 10)
        side.addWidget(self.form)
        side.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        side.addWidget(self.problem)
        side.addWidget(self.told)
        side.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(_SIDE_PX)
        area.setWidget(inner)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.addWidget(area)
        row.addWidget(self.plots, 1)
        row.addStretch(0)

    def analyse(self) -> None:
        """Read the file and show its figures, or what is wrong."""
        typed = {key: field.text() for key, field in self.fields.items()}
        faults = faults_of(typed)
        for key in self.fields:
            self.form.tell(key, faults.get(key, ""))
        self.problem.tell("")
        if faults:
            return
        self.button.setEnabled(False)
        self._reading.do(lambda: found_in(typed), self._show, self._fail)

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.plots.dress(theme)
        if self._found is not None:
            self.plots.show_curves(curves_of(self._found.figures, None))

    def _show(self, found: Found) -> None:
        self.button.setEnabled(True)
        self._found = found
        lines = [forming_in_words(found.figures), *found.figures.remarks]
        self.told.setText("\n".join(f"● {line[:1].upper()}{line[1:]}" for line in lines))
        self.plots.show()
        self.plots.show_curves(curves_of(found.figures, None))
        self.plots.show_weight(found.time_s, found.mass_g)

    def _fail(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self.problem.tell(sentence_of(error))
        self.told.setText("")
        self.plots.hide()

    def _browse(self) -> None:
        ask_to_open(
            self, self.tr("Readings of a balance"), self.tr("CSV files (*.csv)"), Path.home(),
            lambda path: self.fields[recorded.FILE].setText(str(path)),
        )  # fmt: skip
