"""How fast a virtual board is to be, and over which plant."""

from pathlib import Path

from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pumpbench.files import plant as plant_file
from pumpbench.files.errors import FileError
from pumpbench.gui.settings import Settings
from pumpbench.gui.widgets.problem_label import ProblemLabel

_EXAMPLES = Path(__file__).resolve().parents[4] / "examples" / "plants"
FASTEST = 10_000.0


class VirtualForm(QWidget):
    """Speed and plant file, each with its problem beside it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.speed, self.plants = QLineEdit(f"{settings.speed:g}"), QComboBox()
        self._speed_problem, self._plant_problem = ProblemLabel(), ProblemLabel()
        self._chooser: QFileDialog | None = None
        self.speed.setObjectName("speed")
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.setMaximumWidth(120)
        self.speed.setToolTip(self.tr("Seconds of the board in one second of the wall's; 1 is real time"))
        self.plants.setObjectName("plants")
        self.plants.setAccessibleName(self.tr("Plant"))
        self.plants.setMinimumWidth(300)
        choose = QPushButton(self.tr("&Other file …"))
        choose.setObjectName("other-plant")
        choose.clicked.connect(self._choose_file)
        self.plants.addItem(self.tr("the usual bench"), "")
        for path in sorted(_EXAMPLES.glob("*.toml")):
            self.plants.addItem(path.stem, str(path))
        self._add(settings.plant)
        plants = QHBoxLayout()
        plants.addWidget(self.plants)
        plants.addWidget(choose)
        plants.addStretch(1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        self._add_row(form, self.tr("S&peed, times real time"), self.speed, self.speed, self._speed_problem)
        self._add_row(
            form, self.tr("P&lant, the physics behind it"), self.plants, plants, self._plant_problem
        )
        self.speed.textChanged.connect(self._check_speed)
        self.plants.currentIndexChanged.connect(self._check_plant)

    def values(self) -> tuple[float, Path | None] | None:
        """Speed and plant file (None: the usual bench); None when one of them is at fault."""
        self._check_speed()
        self._check_plant()
        speed = self._read_speed()
        if speed is None or self._plant_problem.text():
            return None
        path = self.plants.currentData()
        return speed, Path(path) if path else None

    def _read_speed(self) -> float | None:
        try:
            speed = float(self.speed.text())
        except ValueError:
            return None
        return speed if 0 < speed <= FASTEST else None

    def _check_speed(self) -> None:
        bad = self._read_speed() is None
        problem = self.tr("a number above 0, up to {0:,.0f}, is wanted").format(FASTEST)
        self._speed_problem.tell(problem if bad else "")

    def _check_plant(self) -> None:
        problem, path = "", self.plants.currentData()
        if path:
            try:
                plant_file.load(Path(path))
            except FileError as error:
                problem = " ".join(str(error).split())
        self._plant_problem.tell(problem)

    def _choose_file(self) -> None:
        chooser = QFileDialog(self, self.tr("Plant file"), str(_EXAMPLES), self.tr("Plant files (*.toml)"))
        chooser.setOption(QFileDialog.Option.DontUseNativeDialog)  # so that the Stop keys work in it
        chooser.setModal(False)
        chooser.fileSelected.connect(self._add)
        self._chooser = chooser
        chooser.show()

    def _add(self, path: str) -> None:
        if not path:
            return
        if self.plants.findData(path) < 0:
            self.plants.addItem(path, path)
        self.plants.setCurrentIndex(self.plants.findData(path))

    @staticmethod
    def _add_row(
        form: QFormLayout, words: str, buddy: QWidget, field: QWidget | QHBoxLayout, problem: ProblemLabel
    ) -> None:
        label = QLabel(words)
        label.setBuddy(buddy)
        column = QVBoxLayout()
        column.setSpacing(2)
        if isinstance(field, QWidget):
            column.addWidget(field)
        else:
            column.addLayout(field)
        column.addWidget(problem)
        form.addRow(label, column)
