"""The ledger: three volumes of a run, kept apart. Commanded is the integral of the set flow, counted are
motor steps through the calibration, measured is the flow sensor's integral. Nothing here averages one with
another.
"""

from pumpfw.calibration import Calibration
from pumpfw.fixed import MASK, carry, wrap
from pumpfw.readings import Readings


class Ledger:
    """Adds up what its owners tell it, exactly: remainders are carried, never dropped."""

    def __init__(self, calibration: Calibration, readings: Readings) -> None:
        self._calibration = calibration
        self._readings = readings
        self.fraction_pl = 0  # counted, beyond the last whole nL: 0..999
        self._fraction_steps = 0  # and beyond that, in pL / steps_per_rev
        self._commanded_lo = 0  # up to the last whole second of the program's clock
        self._commanded_hi = 0
        self.within_second_nl = 0  # what is published on top of it
        self._measured_pl = 0
        self._measured_rest = 0
        self.authorised_nl = 0  # how much more the journal allows the head to deliver

    def begin_run(self) -> None:
        """Set the run's three volumes to zero; the fraction of a nanolitre goes on."""
        readings = self._readings
        readings.counted_lo = readings.counted_hi = 0
        readings.measured_lo = readings.measured_hi = 0
        readings.commanded_lo = readings.commanded_hi = 0
        self._commanded_lo = self._commanded_hi = 0
        self.within_second_nl = 0
        self._measured_pl = self._measured_rest = 0

    def volume_of(self, steps: int) -> int:
        """Return the whole nanolitres of so many steps (negative: backward), carrying the rest to the next
        call."""
        calibration = self._calibration
        rest = self._fraction_steps + steps * calibration.step_rest
        pl = self.fraction_pl + steps * calibration.step_pl
        if not 0 <= rest < calibration.steps_per_rev:
            pl += rest // calibration.steps_per_rev
            rest %= calibration.steps_per_rev
        self._fraction_steps = rest
        volume_nl = pl // 1000
        self.fraction_pl = pl - volume_nl * 1000
        return volume_nl

    def steps_in(self, volume_nl: int) -> int:
        """Return how many whole steps fit in a volume still to be delivered (looked at up to half a
        millilitre)."""
        if volume_nl <= 0:
            return 0
        if volume_nl > 500_000:
            volume_nl = 500_000
        # One pL more a step than the floor covers the rest that the floor leaves out.
        calibration = self._calibration
        step_pl = calibration.step_pl if calibration.step_rest == 0 else calibration.step_pl + 1
        return (volume_nl * 1000 - self.fraction_pl) // step_pl

    def count(self, volume_nl: int) -> None:
        """Add to the counted volume of the run (a relief takes away)."""
        readings = self._readings
        lo = readings.counted_lo
        if 0 <= volume_nl <= MASK - lo:  # almost always
            readings.counted_lo = lo + volume_nl
            return
        hi = readings.counted_hi + carry(lo, volume_nl)
        readings.counted_lo = wrap(lo, volume_nl)
        readings.counted_hi = hi
        if hi < 0:  # run back further than the run came: nothing is owed
            readings.counted_hi = readings.counted_lo = 0

    def command(self, volume_nl: int) -> None:
        """Add to the commanded volume: a whole second's, or what a segment had left."""
        lo = self._commanded_lo
        self._commanded_hi += carry(lo, volume_nl)
        self._commanded_lo = wrap(lo, volume_nl)
        self.show_commanded(0)

    def show_commanded(self, within_second_nl: int) -> None:
        """Publish the commanded volume with what the present second has added so far."""
        readings = self._readings
        self.within_second_nl = within_second_nl
        # As fixed.carry and fixed.wrap, spelt out for speed.
        lo = self._commanded_lo - MASK - 1 + within_second_nl
        readings.commanded_hi = self._commanded_hi if lo < 0 else self._commanded_hi + 1
        readings.commanded_lo = lo & MASK

    def measure(self, flow_nl_h: int, dt_ms: int) -> None:
        """Add to the measured volume: a flow that stood for 0..1000 ms. It may be negative."""
        nl_s = flow_nl_h // 3600
        rest = self._measured_rest + (flow_nl_h - nl_s * 3600) * dt_ms
        pl = self._measured_pl + nl_s * dt_ms + rest // 3600
        self._measured_rest = rest % 3600
        volume_nl = pl // 1000
        self._measured_pl = pl - volume_nl * 1000
        readings = self._readings
        lo = readings.measured_lo
        readings.measured_hi += carry(lo, volume_nl)
        readings.measured_lo = wrap(lo, volume_nl)

    def restore_commanded(self, hi: int, lo: int) -> None:
        """After a reset: the commanded volume as it was journalled."""
        self._commanded_hi = hi
        self._commanded_lo = lo
        self.show_commanded(0)
