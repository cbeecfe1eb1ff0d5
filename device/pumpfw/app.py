"""The firmware's assembly: every part built once, in order, and the main loop.

Boot always ends stopped: the motor's driver is switched off before anything else is done.
"""

import gc

from pumpfw import hal
from pumpfw import journal as documents
from pumpfw.config import Config
from pumpfw.core import Core
from pumpfw.errors import StorageFault
from pumpfw.events import Events
from pumpfw.fixed import MASK
from pumpfw.flashlog import FlashLog
from pumpfw.journal import Journal
from pumpfw.link import Link
from pumpfw.readings import Readings, new_cells
from pumpfw.selftest import SelfTest
from pumpfw.summaries import Summaries
from pumpfw.telemetry import Telemetry
from pumplink.alarms import MEMORY_FAULT
from pumplink.states import EVENT_BOOT

_HALF = 0x20000000  # of the clock's numbers lies behind


class App:
    """The whole firmware on one board."""

    def __init__(self) -> None:
        board = self._board = hal.board()  # type: ignore[no-untyped-call]
        board.stepper.cut()
        config = self._config = Config(board.config)
        cells = new_cells()
        readings = self._readings = Readings(cells)
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
            self.telemetry.tick,
            self.summaries.second,
        )
        self._restore(journal)
        selftest = SelfTest(board, config, journal.is_sound)
        self.link = Link(
            board, self.core.pump, journal, self.events, self.telemetry, self.summaries, selftest
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
            self._turn()
        except (Exception, KeyboardInterrupt) as error:
            self._board.stepper.cut()
            raise error  # noqa: TRY201  (MicroPython's native code knows no bare raise)
        self._board.stepper.cut()

    def _turn(self) -> None:
        """Serve in the slack, then tick. The watchdog is fed only when both came in time."""
        board = self._board
        # Bound once: the loop turns 100,000 times a second on a virtual board.
        link = self.link
        poll = link.poll
        service_journal = self.core.position.service
        service_events = self.events.service
        service_summaries = self.summaries.service
        service_flash = self.flash_log.service
        ticks = self.core.ticks
        readings = self._readings
        ticks_us = board.ticks_us
        idle_until = board.idle_until
        gc.collect()
        board.watchdog_start(self._config.watchdog_ms)
        watchdog_feed = board.watchdog_feed
        self.core.clock.start()
        while True:
            busy = poll()
            if busy and link.is_released():
                break
            service_journal()
            service_events()
            service_summaries()
            service_flash()
            if not busy:  # else there is more to send, or to answer
                idle_until(readings.due_us)
            if (ticks_us() - readings.due_us) & MASK >= _HALF:
                continue
            if next(ticks):
                watchdog_feed()
