"""What the set-ups of trials and calibrations have in common: the bench, checked while it is typed."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pumpbench.client.discover import list_serial_ports
from pumpbench.conduct.drug_limits import Crossing, note, refusal, told
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.bench_setup import FOLDER_FIELD, PORT, connected_pump_fault
from pumpbench.gui.widgets.ask_panel import AskPanel
from pumpbench.gui.widgets.bench_form import BenchForm
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.setup_head import WhoAndWhere
from pumpbench.gui.worker import Worker

_CHECK_AFTER_MS = 150
_LEFT, _RIGHT = 2, 3


class BenchSetup(QWidget):
    """`check` is asked on another thread for the faults, by field; the button is enabled when there are none.

    Sub-classes put what they are about, and `ask`, into `left`.
    """

    wanted = pyqtSignal(object)
    """A job to carry out; its callbacks are still to be set."""

    def __init__(self, lab: Lab, reading: Worker, *, unseen: bool, begin: str) -> None:
        super().__init__()
        self.lab = lab
        self._reading = reading
        self.form = BenchForm(lab.settings, unseen=unseen)
        self.head = WhoAndWhere(lab.settings)
        self.begin = QPushButton(begin)
        self.begin.setProperty("look", "primary")
        self.begin.setEnabled(False)
        self.ask = AskPanel()
        self.hint = QLabel()
        self.hint.setProperty("look", "muted")
        self.hint.setWordWrap(True)
        self.faults: dict[str, str] = {}
        self._checked = 0
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_CHECK_AFTER_MS)
        self._wait.timeout.connect(self._check)
        self.form.changed.connect(self.look)
        self.head.changed.connect(self.look)
        self.begin.clicked.connect(self._begin)
        lab.link.phase_changed.connect(self.follow_pump)
        lab.link.snapshot_changed.connect(self.follow_pump)
        self._pump_fault = ""

    def lay_out(self, left: QWidget) -> None:
        """Put `left` beside the bench."""
        right = QFrame()
        right.setProperty("look", "panel")
        title = QLabel(self.tr("Bench"))
        title.setProperty("look", "title")
        row = QHBoxLayout()
        row.addWidget(self.hint, 1)
        row.addWidget(self.begin)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(self.form)
        column.addWidget(self.head)
        column.addLayout(row)
        column.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.addWidget(left, _LEFT)
        whole.addWidget(right, _RIGHT)
        self.follow_pump()

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Look which ports there are, and for a folder that is still free."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._reading.do(
            lambda: [port.url for port in list_serial_ports()], self.form.set_ports, lambda error: None
        )
        self.renew()

    # --- for sub-classes ---

    def renew(self) -> None:
        """Propose what has to be new for every start."""
        raise NotImplementedError

    def checks(self) -> Callable[[], dict[str, str]]:
        """What is to be asked for the faults of what stands in the fields now."""
        raise NotImplementedError

    def job(self) -> object:
        """The job of what stands in the fields; there are no faults."""
        raise NotImplementedError

    def tell(self, faults: dict[str, str]) -> None:
        """Show faults of a sub-class's own fields."""

    def keep_to(
        self, found: Sequence[Crossing], subject: str, problem: ProblemLabel, go_on: Callable[[], None]
    ) -> None:
        """Go on unless the drug library refuses it; where it asks for a reason, when one was given and
        recorded.
        """
        refused = refusal(found)
        problem.tell(refused)
        self.ask.hide()
        if refused:
            return
        if not found:
            go_on()
            return
        store = self.lab.store

        def noted(reason: str) -> None:
            self._reading.do(
                lambda: note(store.audit.append, subject, found, reason),
                lambda _: go_on(),
                lambda error: problem.tell(sentence_of(error)),
            )

        self.ask.ask(told(found), self.tr("Start it all the same"), noted)

    def when_sure(self, go_on: Callable[[], None]) -> None:
        """Go on, at once or when somebody has given a reason for it."""
        go_on()

    @property
    def going_on(self) -> bool:
        """Whether something that was cut off is gone on with."""
        return False

    # --- checking ---

    @property
    def pump_fault(self) -> str:
        """Why the connected pump cannot be had, "" when it can."""
        return self._pump_fault

    def look(self) -> None:
        """Check soon: a field was changed."""
        self._checked += 1
        self.begin.setEnabled(False)
        self._wait.start()

    def _check(self) -> None:
        number, check = self._checked, self.checks()
        self._reading.do(
            check, lambda faults: self._show(number, faults), lambda error: self._fail(number, error)
        )

    def _fail(self, number: int, error: Exception) -> None:
        self._show(number, {FOLDER_FIELD: sentence_of(error)})

    def _show(self, number: int, faults: dict[str, str]) -> None:
        if number != self._checked:
            return  # another check is under way
        self.faults = faults
        self.form.tell_faults(faults)
        self.head.tell(FOLDER_FIELD, faults.get(FOLDER_FIELD, ""))
        self.tell(faults)
        self.begin.setEnabled(not faults)
        self.hint.setText(self.tr("Mend what is marked first.") if faults else "")

    def _begin(self) -> None:
        if self.form.bench.balance == PORT:
            self.lab.settings.balance = self.form.bench.balance_at
        self.head.keep()
        self.when_sure(lambda: self.wanted.emit(self.job()))

    def follow_pump(self) -> None:
        """Look which pump is connected, and whether it can be had."""
        link = self.lab.link
        real = link.place is not None and not link.place.virtual
        port = link.place.port if link.place is not None and real else ""
        snapshot = link.snapshot
        fault = connected_pump_fault(port, snapshot, going_on=self.going_on)
        name = f"{snapshot.info.board}, {port}" if snapshot is not None else port
        if (port, fault) != (self.form.bench.port, self._pump_fault):
            self._pump_fault = fault
            self.form.set_connected(port, name)
            self.look()
