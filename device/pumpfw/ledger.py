"""The ledger: three volumes of a run, kept apart. Commanded is the integral of the set flow, counted are
motor steps through the calibration (``account.py``), measured is the flow sensor's integral
(``estimator.py``). Nothing here averages one with another.
"""

import micropython
from micropython import const

from pumpfw.fixed import carry, wrap
from pumpfw.readings import Readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_STEP_PL = const(44)
_STEP_REST = const(45)
_FRACTION_PL = const(46)
_MAP_SHIFT = const(116)
_MAP_MOST = const(117)
_PASSED_REST = const(119)

_MOST_STEPS = 16_000


@micropython.viper
def leaves_no_step(c: ptr32, left_nl: int) -> int:
    """Return whether a volume (below half a millilitre) leaves no room for one more microstep: the same as
    ``Ledger.steps_in`` is none. A call costs a chip 900 cycles, so ask only near the end."""
    if left_nl <= 0:
        return 1
    step_pl = c[_STEP_PL]
    if c[_STEP_REST]:  # one pL more a step than the floor covers the rest that the floor leaves out
        step_pl += 1
    left = left_nl * 1000 - c[_FRACTION_PL]
    if left >= step_pl << 3:
        return 0
    left = (left // step_pl + 1) << c[_MAP_SHIFT]
    return 1 if left - 1 - c[_PASSED_REST] < c[_MAP_MOST] else 0


class Ledger:
    """Adds up what its owners tell it, exactly: remainders are carried, never dropped."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def begin_run(self) -> None:
        """Set the run's three volumes to zero; the fraction of a nanolitre goes on."""
        readings = self._readings
        readings.counted_lo = readings.counted_hi = 0
        readings.measured_lo = readings.measured_hi = 0
        readings.measured_pl = readings.measured_rest = 0
        self.restore_commanded(0, 0)

    def steps_in(self, volume_nl: int) -> int:
        """Return how many whole steps fit in a volume still to be delivered (looked at up to half a
        millilitre)."""
        if volume_nl <= 0:
            return 0
        if volume_nl > 500_000:
            volume_nl = 500_000
        # One pL more a step than the floor covers the rest that the floor leaves out.
        readings = self._readings
        step_pl = readings.step_pl if readings.step_rest == 0 else readings.step_pl + 1
        steps = min((volume_nl * 1000 - readings.fraction_pl) // step_pl, _MOST_STEPS)
        # Mean microsteps, of which the steepest of the real ones gives a little more.
        return (((steps + 1) << readings.map_shift) - 1 - readings.passed_rest) // readings.map_most

    def command(self, volume_nl: int) -> None:
        """Add to the commanded volume what a segment had left."""
        readings = self._readings
        lo = readings.base_lo
        self.restore_commanded(readings.base_hi + carry(lo, volume_nl), wrap(lo, volume_nl))

    def restore_commanded(self, hi: int, lo: int) -> None:
        """Say how much was commanded: as it was journalled, or by a whole second."""
        readings = self._readings
        readings.base_hi = readings.commanded_hi = hi
        readings.base_lo = readings.commanded_lo = lo
        readings.within_nl = 0
