"""The lease of an attended run: the host renews it; when it lapses the pump does what the program says."""

from pumpfw.alarms import Alarms
from pumpfw.delivery import PROGRAM, STATE_BITS, Delivery
from pumpfw.errors import Refused
from pumpfw.program import Program
from pumpfw.readings import Readings
from pumplink.alarms import LINK_LOST
from pumplink.states import (
    ATTENDED,
    KEEP_OPEN,
    LINK_LOST_STOP,
    REFUSED_RANGE,
    STOPPED_BY_LINK_LOSS,
)

LONGEST_S = 86_400
_LEASE_FIELD = 2  # of start


class Lease:
    """Counts down in board time while an attended program runs."""

    def __init__(self, alarms: Alarms, delivery: Delivery, program: Program, readings: Readings) -> None:
        self._alarms = alarms
        self._delivery = delivery
        self._program = program
        self._readings = readings
        self._left_s = 0
        self._held = False  # the program is at its keep-open rate for want of a lease, and for nothing else

    def check(self, duration_s: int) -> None:
        """Refuse to start an attended program without a lease."""
        if self._program.mode == ATTENDED and not 1 <= duration_s <= LONGEST_S:
            raise Refused(REFUSED_RANGE, _LEASE_FIELD, duration_s, 1, LONGEST_S)

    def renew(self, duration_s: int) -> None:
        """Let the run go on for so long; a run that was held for want of a lease goes on."""
        self._left_s = duration_s + 1  # the second that is under way does not count
        self._alarms.set(LINK_LOST, False, 0)
        if self._held and self._readings.state == KEEP_OPEN:
            self._delivery.run()
        self._held = False

    def second(self) -> None:
        """Be told of each second of board time."""
        if self._left_s <= 0:
            return
        if (
            not STATE_BITS[self._readings.state] & PROGRAM
            or not self._readings.has_program
            or self._program.mode != ATTENDED
        ):
            return
        self._left_s -= 1
        if self._left_s == 0:
            self._lapse()

    def other_cause(self) -> None:
        """An alarm holds the program now as well: a new lease alone does not let it go on."""
        self._held = False

    def _lapse(self) -> None:
        self._alarms.set(LINK_LOST, True, 0)
        if self._program.on_link_lost == LINK_LOST_STOP:
            self._delivery.stop_by_itself(LINK_LOST, STOPPED_BY_LINK_LOSS)
        else:
            was_held = self._readings.state == KEEP_OPEN
            self._delivery.keep_open()
            self._held = not was_held and self._readings.state == KEEP_OPEN
