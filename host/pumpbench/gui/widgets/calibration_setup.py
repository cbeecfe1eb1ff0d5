"""Everything that a calibration needs before it can start."""

from collections.abc import Callable

from PyQt6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout

from pumpbench.balances import PROTOCOLS
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bench_setup import CONNECTED, OWN, VIRTUAL, calibration_faults
from pumpbench.gui.models.calibration_plan import (
    DAYS_FIELD,
    DENSITY_FIELD,
    POINTS_FIELD,
    REST_FIELD,
    TUBE_FIELD,
    USUAL,
    TypedPlan,
)
from pumpbench.gui.widgets.bench_setup import BenchSetup
from pumpbench.gui.widgets.fault_form import FaultForm
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.worker import Worker
from pumpbench.tuning.guided import FULL_SPEED, CalibrationJob

_POINTS_PX = 92
_SPEAKS = "balance-speaks"


class CalibrationSetup(BenchSetup):
    """Emits a `CalibrationJob`."""

    def __init__(self, lab: Lab, reading: Worker) -> None:
        super().__init__(lab, reading, unseen=False, begin=self.tr("&Start the calibration"))
        self.begin.setObjectName("start-calibration")
        self.problem = ProblemLabel()
        self.problem.setObjectName("calibration-problem")
        self.plan = FaultForm()
        self.points = QPlainTextEdit(USUAL.points)
        self.points.setFixedHeight(_POINTS_PX)
        self.points.setTabChangesFocus(True)
        self.rest, self.density, self.days = (
            QLineEdit(text) for text in (USUAL.rest, USUAL.density, USUAL.days)
        )
        self.tube_set, self.fluid, self.protocol = QLineEdit(), QLineEdit(USUAL.fluid), QComboBox()
        self.tube_set.setPlaceholderText(self.tr("the one that is fitted"))
        self.points.setToolTip(self.tr("Set flow and revolutions, one point a line"))
        for protocol in PROTOCOLS.values():
            self.protocol.addItem(f"{protocol.name} ({protocol.maker})", protocol.name)
        self.plan.add(POINTS_FIELD, self.tr("P&oints, rate: revolutions"), self.points)
        self.plan.add(REST_FIELD, self.tr("&Rest for the sensor's zero"), self.rest)
        self.plan.add(TUBE_FIELD, self.tr("&Tube set number"), self.tube_set)
        self.plan.add("fluid", self.tr("&Liquid"), self.fluid)
        self.plan.add(DENSITY_FIELD, self.tr("D&ensity, g/mL"), self.density)
        self.plan.add(DAYS_FIELD, self.tr("&Valid for, days"), self.days)
        self.form.add(_SPEAKS, self.tr("Balance spea&ks"), self.protocol)
        for field in (self.rest, self.density, self.days, self.tube_set, self.fluid):
            field.textChanged.connect(self.look)
        self.points.textChanged.connect(self.look)
        self.form.changed.connect(self._show_protocol)
        self.lay_out(self._left())
        self._show_protocol()

    def renew(self) -> None:
        """Propose a folder that is not there yet."""
        self.head.propose("calibration")
        self.look()

    @property
    def typed(self) -> TypedPlan:
        """What stands in the fields."""
        return TypedPlan(
            points=self.points.toPlainText(),
            rest=self.rest.text(),
            tube_set=self.tube_set.text(),
            fluid=self.fluid.text(),
            density=self.density.text(),
            days=self.days.text(),
        )

    def checks(self) -> Callable[[], dict[str, str]]:
        """See `BenchSetup`."""
        typed, bench, folder, fault = self.typed, self.form.bench, self.head.folder, self.pump_fault
        return lambda: typed.faults() | calibration_faults(bench, folder, fault)

    def tell(self, faults: dict[str, str]) -> None:
        """See `BenchSetup`."""
        for key in (POINTS_FIELD, REST_FIELD, TUBE_FIELD, DENSITY_FIELD, DAYS_FIELD):
            self.plan.tell(key, faults.get(key, ""))

    def when_sure(self, go_on: Callable[[], None]) -> None:
        """Ask first where the connected pump's reservoir names a drug whose soft limit is passed."""
        snapshot = self.lab.link.snapshot
        if self.form.bench.pump != CONNECTED or self.lab.drugs.path is None or snapshot is None:
            go_on()
            return
        plan, filled = self.typed.plan, snapshot.reservoirs[0]

        def check(stroke_nl: float) -> None:
            found = self.lab.drugs.check_flows(plan.deliveries(stroke_nl), filled)
            self.keep_to(found, "calibration", self.problem, go_on)

        self.lab.link.command(
            lambda desk: desk.client.calibration().stroke_nl,
            check,
            lambda error: self.problem.tell(sentence_of(error)),
        )

    def look(self) -> None:
        """See `BenchSetup`; what was asked is not asked of what stands there now."""
        self.ask.hide()
        super().look()

    def job(self) -> CalibrationJob:
        """See `BenchSetup`."""
        typed, bench, folder = self.typed, self.form.bench, self.head.folder
        assert folder is not None
        port = bench.job_port
        assert port is not None
        virtual = bench.pump == VIRTUAL
        return CalibrationJob(
            out=folder,
            port=port,
            balance=bench.job_balance,
            protocol=self.protocol.currentData(),
            tube_set=typed.tube_set_value,
            days=typed.days_value,
            density_g_ml=typed.density_value,
            fluid=typed.fluid.strip() or USUAL.fluid,
            plan=typed.plan,
            db=self.lab.store.path if bench.pump == CONNECTED or typed.tube_set_value else None,
            who=self.head.person,
            speed=bench.job_speed if virtual else FULL_SPEED,
            seed=bench.job_seed if virtual else None,
            plant=bench.plant if virtual else None,
        )

    def _left(self) -> QFrame:
        left = QFrame()
        left.setProperty("look", "panel")
        title = QLabel(self.tr("Calibration by weighing"))
        title.setProperty("look", "title")
        words = QLabel(
            self.tr(
                "Whole revolutions are weighed at each point. From them come the volume of a revolution, the "
                "flow sensor's gain and zero, and the map of the rotor, and are written to the board."
            )
        )
        words.setWordWrap(True)
        words.setProperty("look", "muted")
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(words)
        column.addWidget(self.problem)
        column.addWidget(self.ask)
        column.addWidget(self.plan)
        column.addStretch(1)
        return left

    def _show_protocol(self) -> None:
        self.form.show_row(_SPEAKS, self.form.bench.balance != OWN)
