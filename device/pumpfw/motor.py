"""The motor: steps counted and permitted by hardware, the rotor's angle, and the driver's off switch."""

from pumpfw.config import Config
from pumpfw.fixed import MASK, carry, wrap
from pumpfw.readings import Readings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Stepper


class Motor:
    """``count()`` once a tick is the only place where steps turn into anything."""

    def __init__(self, stepper: "Stepper", config: Config, readings: Readings) -> None:
        self._stepper = stepper
        self._steps = stepper.steps  # bound once: it is called in every tick
        self._readings = readings
        self.steps_per_rev = config.steps_per_rev
        self._last = stepper.steps()
        self.hardware_steps = self._last  # the hardware's count at the last tick
        self.rotor_steps = 0  # 0..steps_per_rev-1, from the home mark when there is one
        self.backward = False
        self.permitted = 0  # steps that the hardware may still make, as of the last count
        self._interval_us = 0
        self._interval_frac = 0
        self._mdeg_q13 = (360_000 << 13) // config.steps_per_rev  # start-up only
        self._mdeg_whole = self._mdeg_q13 >> 13
        self._mdeg_q13 &= 0x1FFF
        self.cut()

    def count(self) -> int:
        """Return the steps made since the last call, whatever their direction; move the rotor's angle on."""
        now = self._steps()
        steps = (now - self._last) & MASK
        if steps == 0:
            return 0
        self._last = now
        self.hardware_steps = now
        self.permitted -= steps
        readings = self._readings
        change = -steps if self.backward else steps
        rotor = self.rotor_steps + change
        lo = readings.steps_lo
        if 0 < change <= MASK - lo:  # almost always
            readings.steps_lo = lo + change
        else:
            readings.steps_hi += carry(lo, change)
            readings.steps_lo = wrap(lo, change)
        if not 0 <= rotor < self.steps_per_rev:
            rotor %= self.steps_per_rev
        self.set_rotor(rotor)
        return steps

    def set_rotor(self, rotor_steps: int) -> None:
        """Say where the rotor is, in microsteps."""
        self.rotor_steps = rotor_steps
        self._readings.rotor_mdeg = rotor_steps * self._mdeg_whole + (rotor_steps * self._mdeg_q13 >> 13)

    def enable(self, backward: bool) -> None:
        """Switch the driver on, for one direction; nothing turns yet."""
        self.hold()
        self.backward = backward
        self._stepper.set_forward(not backward)
        self._stepper.enable(True)

    def run(self, interval_us: int, interval_frac: int) -> None:
        """Set the time between microsteps, us and 1/65536 us."""
        if interval_us != self._interval_us or interval_frac != self._interval_frac:
            self._interval_us = interval_us
            self._interval_frac = interval_frac
            self._stepper.set_interval(interval_us, interval_frac)

    def hold(self) -> None:
        """Stand still, driver on, step phase kept."""
        self.run(0, 0)

    def permit(self, steps: int) -> None:
        """Let the hardware make so many more steps and then stop."""
        self.permitted = steps
        self._stepper.permit(steps)

    def cut(self) -> None:
        """Driver off, at once."""
        self._stepper.cut()
        self.permitted = 0
        self._interval_us = 0
        self._interval_frac = 0
