"""The test bench: one model, one board on it, and the wires between them."""

from .clock import Clock
from .flash import Flash
from .home import HomeMark
from .link_port import LinkPort
from .mtsics import MtSics
from .mux import Mux
from .schedule import Schedule
from .sf06 import ADDRESS, FlowSensor
from .stepper import Stepper
from .watchdog import Watchdog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..plant.plant import Plant

_ADC_TOP = 65_535
_CAPABILITIES = 1 | 2 | 8 | 16 | 64  # flow sensor, pressure sensor, selector valve, stop input, simulated
_HOME_MARK = 4
_PRESSURE_AGE_US = 10_000  # a reading may be that old: moving the model costs most of all here
_STOP_PIN = 15
_round = round  # a name of the module is found sooner than a built-in one

_bench: "Bench | None" = None


def powered() -> "Bench":
    """Return the bench whose board is running."""
    if _bench is None:
        raise RuntimeError("no board is on the bench: the firmware runs in a process of its own")
    return _bench


class Bench:
    """Made once a process: `plant`, the model, and the flash outlive every reset of the board.

    `config` is what the parent process wrote: ``plant`` (as `Plant` takes it), ``board`` (numbers for the
    firmware), ``seed``, ``speed`` (0 for full speed), ``flash`` (path), ``unique_id`` (hexadecimal).
    """

    def __init__(self, config: "dict[str, Any]", plant: "Plant", mux: Mux) -> None:
        global _bench
        plant_config = config["plant"]
        self.plant = plant
        self.clock = Clock(self.plant.clock)
        self.port = LinkPort(mux, not config["speed"], config["seed"])
        self.schedule = Schedule(self.clock, mux, self.port, config["speed"])
        self.stepper = Stepper(self.clock)
        self.stepper.attach(self.look)
        self.flash = Flash(config["flash"])
        self.home = HomeMark(self.plant)
        self.watchdog = Watchdog(self.clock)
        self.sensor = FlowSensor(self.plant, self.clock, self.look)
        self.i2c_devices = {ADDRESS: self.sensor}
        self.balance = MtSics(self.plant, plant_config["balance"], mux, self.clock, self.look)
        self.pulled_low: set[int] = set()
        self.unique_id = bytes.fromhex(config["unique_id"])
        self.board_config = config["board"]
        self.capabilities = _CAPABILITIES | (_HOME_MARK if plant_config["home"]["present"] else 0)
        self.reset_cause = 0
        self.priority = 0
        self._position = 0
        self.looked_at = -1
        self._pa_at_zero: int = config["board"]["pressure_pa_at_zero"]
        self._pa_full_scale: int = config["board"]["pressure_pa_full_scale"]
        _bench = self

    def power_up(self, cause: int) -> None:
        """Bring the chip out of reset for reason `cause` (index in ``RESET_CAUSE_NAMES``)."""
        self.look()
        self.reset_cause = cause
        self.clock.boot()
        self.stepper.power_up()
        self.watchdog.power_up()
        self.home.power_up()
        self.flash.power_up()
        self.priority = 0

    def power_down(self) -> None:
        """Stop the motor and the flash before the firmware is torn down."""
        self.stepper.cut()
        self.flash.power_down()
        self.watchdog.power_up()

    def look(self) -> None:
        """Bring the model up to now."""
        now = self.clock.now
        if now == self.looked_at:
            return
        self.looked_at = now
        stepper = self.stepper
        steps = stepper.steps()
        position = stepper.position
        self.plant.advance(self.clock.model_us(), position - self._position)
        self._position = position
        self.home.look(steps)

    def pressure_raw(self) -> int:
        """Return the pressure sensor's voltage in 1/65535 of full scale, unclipped, at most 10 ms old."""
        if self.clock.now - self.looked_at > _PRESSURE_AGE_US:
            self.look()
        pascal = self.plant.pressure_reading_kpa() * 1000.0
        return _round((pascal - self._pa_at_zero) * _ADC_TOP / (self._pa_full_scale - self._pa_at_zero))

    def pull_stop_input(self, pulled: bool) -> None:
        """Pull the stop input low, or let it go."""
        if pulled:
            self.pulled_low.add(_STOP_PIN)
        else:
            self.pulled_low.discard(_STOP_PIN)

    def select_valve(self, reservoir: int) -> None:
        """Turn the selector valve."""
        self.look()
        self.plant.select(reservoir)

    def indicate(self, priority: int) -> None:
        """Show an alarm's priority by lamp and buzzer."""
        self.priority = priority

    def mark_event(self, code: int) -> None:
        """An event was logged: a grant until the next event ends here."""
        self.schedule.end_grant_at_event()
