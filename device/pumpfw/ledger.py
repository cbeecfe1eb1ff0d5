"""The ledger: three volumes of a run, kept apart. Commanded is the integral of the set flow, counted are
motor steps through the calibration (``account.py``), measured is the flow sensor's integral
(``estimator.py``). Nothing here averages one with another.
"""

from pumpfw.fixed import carry, wrap
from pumpfw.readings import Readings

_MOST_STEPS = 16_000


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
