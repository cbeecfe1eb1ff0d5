"""The firmware's assembly: every part built once, in order; the main loop is in ``loop.py``.

Boot always ends stopped: the motor's driver is switched off before anything else is done.
"""

from pumpfw import hal
from pumpfw import journal as documents
from pumpfw.config import Config
from pumpfw.core import Core
from pumpfw.errors import StorageFault
from pumpfw.events import Events
from pumpfw.flashlog import FlashLog
from pumpfw.journal import Journal
from pumpfw.link import Link
from pumpfw.loop import turn
from pumpfw.readings import Readings, new_cells
from pumpfw.selftest import SelfTest
from pumpfw.summaries import Summaries
from pumpfw.telemetry import Telemetry
from pumplink.alarms import MEMORY_FAULT
from pumplink.states import EVENT_BOOT


class App:
    """The whole firmware on one board."""

    def __init__(self) -> None:
        board = self._board = hal.board()  # type: ignore[no-untyped-call]
        board.stepper.cut()
        config = self._config = Config(board.config)
        cells = self._cells = new_cells()
        readings = Readings(cells)
        readings.tick_hz = config.tick_hz
        self.flash_log = FlashLog(board.flash)
        journal = Journal(self.flash_log)
        readings.boot = journal.boot_count & 0x3FFFFFFF
        self.events = Events(self.flash_log, journal, cells, board)
        self.events.add(EVENT_BOOT, board.reset_cause, readings.boot, 0)
        self.summaries = Summaries(self.flash_log, readings)
        self.telemetry = Telemetry(cells, readings, board.port.max_records_hz(config.tick_hz))
        self.core = Core(
            board,
            config,
            journal,
            self.events,
            cells,
            readings,
            self.telemetry.record,
            self.summaries.second,
        )
        self._restore(journal)
        selftest = SelfTest(board, config, journal.is_sound)
        self.link = Link(
            board, cells, self.core.pump, journal, self.events, self.telemetry, self.summaries, selftest
        )

    def _restore(self, journal: Journal) -> None:
        """Take what the journal kept; where it cannot be read, say so and stay stopped."""
        core = self.core
        if not journal.is_sound:
            core.alarms.set(MEMORY_FAULT, True, documents.BOOTS)
        for restore, kind in (
            (core.calibration.restore, documents.CALIBRATION),
            (core.programs.restore, documents.PROGRAM),
            (core.reservoirs.restore, documents.RESERVOIRS),
            (core.position.restore, documents.POSITION),
        ):
            try:
                stored = journal.get(kind)
                if stored is not None:
                    restore(stored)
            except StorageFault:
                core.alarms.set(MEMORY_FAULT, True, kind)

    def run(self) -> None:
        """Turn the loop until a host asks for the prompt; the motor's driver is off however it ends."""
        try:
            turn(self, self._board, self._cells, self._config.watchdog_ms)
        except (Exception, KeyboardInterrupt) as error:
            self._board.stepper.cut()
            raise error  # noqa: TRY201  (MicroPython's native code knows no bare raise)
        self._board.stepper.cut()
