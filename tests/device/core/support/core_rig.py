"""A pump on a fake board: boots, runs, is cut off and boots again. Runs on both interpreters."""

from fake_board import FakeBoard, FakeEvents, FakeJournal

from pumpfw import journal as documents
from pumpfw.config import Config
from pumpfw.core import Core
from pumpfw.fixed import join
from pumpfw.readings import Readings, new_cells
from pumplink.states import AUTONOMOUS, CONSTANT, LINK_LOST_KEEP_OPEN, STOPPED_BY_HOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ML = 1_000_000
HOUR = 3600
STEP_NL = 15.625
STEP_NL_H_Q16 = 3_686_400_000_000_000  # nL/h of a step every 1/65536 us
NO_FLOW_SENSOR = 2 | 4 | 8 | 16  # capabilities


def segment(kind=CONSTANT, rate=0, to_rate=0, volume=0, duration=0, reservoir=0):  # type: ignore[no-untyped-def]
    return [kind, reservoir, rate, to_rate, volume, duration]


def _nothing() -> None:
    pass


class Rig:
    """``ideal`` makes the sensor follow the head: the flow that the motor makes, and a count of noise.

    ``close`` occludes the line (1 uL/kPa): no flow, and a pressure that rises by what the head delivers.
    """

    def __init__(self, config: "dict[str, int] | None" = None, capabilities: int = 31) -> None:
        self.numbers = config or {}
        self.capabilities = capabilities
        self.journal = FakeJournal()
        self.sensor_gain_percent = 100
        self.ideal = True
        self.is_closed = False
        self.boot()

    def boot(self) -> None:
        """Power up: everything but the journal is new."""
        self.board = FakeBoard(self.numbers, self.capabilities)
        self.events = FakeEvents()
        cells = self.cells = new_cells()
        self.readings = Readings(cells)
        config = Config(self.board.config)
        record, second = self.duties()
        self.core = Core(self.board, config, self.journal, self.events, cells, self.readings, record, second)
        for restore, kind in (
            (self.core.calibration.restore, documents.CALIBRATION),
            (self.core.programs.restore, documents.PROGRAM),
            (self.core.reservoirs.restore, documents.RESERVOIRS),
            (self.core.position.restore, documents.POSITION),
        ):
            stored = self.journal.get(kind)
            if stored is not None:
                restore(stored)
        self.pump = self.core.pump
        self.period_us = 1_000_000 // config.tick_hz

    def duties(self):  # type: ignore[no-untyped-def]
        """What the tick does beside the core's own: a record when one is due, and once a second."""
        return _nothing, _nothing

    def fill(self, index: int = 0, contents: int = 30 * ML, low: int = 2 * ML, empty: int = 0) -> None:
        self.pump.set_reservoir([index, max(contents, 30 * ML), contents, low, empty, 0, bytes(24)])

    def calibrate(self, stroke_pl: int = 50_000_000) -> None:
        """Write a calibration of this stroke volume, for the tube that is in the head."""
        strokes = [stroke_pl] + [0] * 7
        self.pump.calibration.set([0, 1, 0, 1_000_000, 0, 1] + [0] * 8 + strokes + [0] * 4 + [1000] * 180)

    def commit(
        self,
        *segments: "Any",
        repeat: int = 1,
        keep_open: int = 0,
        mode: int = AUTONOMOUS,
        lost: int = LINK_LOST_KEEP_OPEN,
    ) -> bytes:
        programs = self.pump.programs
        programs.begin([bytes(24), mode, lost, keep_open, repeat, len(segments)])
        for index, values in enumerate(segments):
            programs.add_segment([index] + values)  # noqa: RUF005 (MicroPython has no other way)
        digest = programs.stage()[0]
        programs.commit(digest)
        return digest

    def start(self, *segments: "Any", lease: int = 0, **header: "Any") -> bytes:
        digest = self.commit(*segments, **header)
        self.pump.start(digest, 0, lease)
        return digest

    def resume(self, lease: int = 0) -> None:
        self.pump.start(self.pump.programs.committed.digest, 1, lease)

    def stop(self) -> None:
        self.pump.stop(STOPPED_BY_HOST)

    def tick(self, us: int = 0) -> bool:
        """One turn of the loop: the slack, then a tick ``us`` after the last."""
        board = self.board
        self.core.position.service()
        board.now_us += us or self.period_us
        if self.ideal:
            interval = board.stepper.interval
            nl_h = STEP_NL_H_Q16 // interval if interval and board.stepper.enabled else 0
            if self.is_closed:
                nl_h = 0
                board.pressure_pa = self._open_pa + int(self.head_nl - self._open_nl)
            board.flow_count = nl_h // 6000 * self.sensor_gain_percent // 100 + (board.now_us >> 16 & 1)
        return next(self.core.ticks)

    def close(self) -> None:
        """From now on the line lets nothing through."""
        self.is_closed = True
        self._open_pa = self.board.pressure_pa
        self._open_nl = self.head_nl

    def open(self) -> None:
        """The line is as it was before; what it had stored is gone."""
        self.is_closed = False
        self.board.pressure_pa = self._open_pa

    def run(self, seconds: float, us: int = 0) -> None:
        for _ in range(int(seconds * 1_000_000) // (us or self.period_us)):
            self.tick(us)

    def run_until(self, state: int, seconds: float = 100_000) -> None:
        ticks = int(seconds * 1_000_000) // self.period_us
        while self.readings.state != state:
            ticks -= 1
            if ticks < 0:
                raise AssertionError("still in state " + str(self.readings.state))
            self.tick()

    @property
    def counted_nl(self) -> int:
        return join(self.readings.counted_hi, self.readings.counted_lo)

    @property
    def commanded_nl(self) -> int:
        return join(self.readings.commanded_hi, self.readings.commanded_lo)

    @property
    def head_nl(self) -> float:
        """What the head really delivered since power-up."""
        return self.board.stepper.position * STEP_NL

    def has_alarm(self, code: int) -> bool:
        return bool(self.readings.alarms_latched >> code & 1)
