"""The ledger: three volumes of a run, kept apart. Commanded is the integral of the set flow, counted are
motor steps through the calibration (``account.py``), measured is the flow sensor's integral. Nothing here
averages one with another.
"""

import micropython
from micropython import const

from pumpfw.fixed import carry, wrap
from pumpfw.readings import Readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_MEASURED_LO = const(6)
_MEASURED_HI = const(7)
_MEASURED_PL = const(98)
_MEASURED_REST = const(99)
_MASK = const(0x3FFFFFFF)
_MOST_STEPS = const(16_000)


@micropython.viper
def measure(c: ptr32, flow_nl_h: int, dt_ms: int):  # type: ignore[no-untyped-def]  # viper has no None
    """Add to the measured volume: a flow that stood for 0..1000 ms. It may be negative."""
    nl_s = flow_nl_h // 3600
    rest = c[_MEASURED_REST] + (flow_nl_h - nl_s * 3600) * dt_ms
    pl = c[_MEASURED_PL] + nl_s * dt_ms + rest // 3600
    c[_MEASURED_REST] = rest % 3600
    volume_nl = pl // 1000
    c[_MEASURED_PL] = pl - volume_nl * 1000
    lo = c[_MEASURED_LO]
    if volume_nl < 0:
        lo += volume_nl
        if lo < 0:
            c[_MEASURED_HI] = c[_MEASURED_HI] - 1
    else:
        lo = lo - _MASK - 1 + volume_nl
        if lo >= 0:
            c[_MEASURED_HI] = c[_MEASURED_HI] + 1
    c[_MEASURED_LO] = lo & _MASK


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
