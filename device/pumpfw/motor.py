"""The motor: steps permitted by hardware, the rotor's angle, and the driver's off switch.

What the hardware counted is accounted for in ``account.py``, the only place where steps turn into anything.
"""

from pumpfw.config import Config
from pumpfw.readings import Readings
from pumpfw.rotor_map import RotorMap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Stepper


class Motor:
    """The stepper, and what it was told last."""

    def __init__(self, stepper: "Stepper", config: Config, rotor_map: RotorMap, readings: Readings) -> None:
        self._stepper = stepper
        self._map = rotor_map
        self._readings = readings
        self.home_at = 0  # angle of the home mark, in microsteps: another one where the map was found turned
        readings.hardware_steps = stepper.steps()
        mdeg_q13 = (360_000 << 13) // config.steps_per_rev  # start-up only
        readings.mdeg_whole = mdeg_q13 >> 13
        readings.mdeg_q13 = mdeg_q13 & 0x1FFF
        self.cut()

    def set_rotor(self, rotor_steps: int) -> None:
        """Say where the rotor is, in microsteps from the map's beginning: the home mark, unless that
        moved."""
        readings = self._readings
        readings.rotor_steps = rotor_steps
        readings.rotor_mdeg = rotor_steps * readings.mdeg_whole + (rotor_steps * readings.mdeg_q13 >> 13)
        self._map.place(True)

    def enable(self, backward: bool) -> None:
        """Switch the driver on, for one direction; nothing turns yet."""
        self.run(0, 0)
        self._readings.backward = 1 if backward else 0
        self._stepper.set_forward(not backward)
        self._stepper.enable(True)

    def run(self, interval_us: int, interval_frac: int) -> None:
        """Set the time between microsteps, us and 1/65536 us; 0, 0: stand still, driver on, step phase
        kept."""
        self._stepper.set_interval(interval_us, interval_frac)

    def cut(self) -> None:
        """Driver off, at once."""
        self._stepper.cut()
        self._readings.permitted = 0
