"""The pump on its bench: the parts in the order in which the liquid meets them, moved on in time together.

reservoir -> head -> pressure sensor -> compliance -> flow sensor -> resistance -> outlet -> balance
"""

from .balance import Balance
from .clock import Clock
from .faults import Faults
from .flow_sensor import FlowSensor
from .line import NL_S_PER_UL_MIN, Line
from .pressure_sensor import PressureSensor
from .reservoir import AIR, PORTS, Plugs, Reservoirs
from .rotor import Rotor
from .truth import Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .constant_flow import ConstantFlow

_GRAVITY = 9.80665
_REFERENCE_C = 20.0
_US_PER_HOUR = 3.6e9
_FINEST_TURN_DEG = 6.0  # the flow counts as constant over this much of a revolution
_STALL_PIECES = 16  # finer, where the pressure is about to stall the motor
_SHORTEST_S = 1e-6


class Plant:
    """The model as a whole. `config` is complete (``defaults.complete``) and was checked before.

    Attributes:
        now_us: true time up to which the model has moved.
        rotor, line, reservoir, balance, faults, truth, clock: the parts.
        head_nl, air_out_nl, delivered_nl: through the head; air out of the outlet; liquid out, for each port.
        temperature_c: the liquid's temperature.
    """

    def __init__(self, config: "dict[str, Any]") -> None:
        pump = config["pump"]
        line = config["line"]
        fluid = config["fluid"]
        seed = config["random"]["seed"]
        self._stroke_nl: float = pump["stroke_volume_ul_per_rev"] * 1000.0
        self._ageing: float = (
            pump["ageing_percent_per_hour"] * 0.01 / _US_PER_HOUR
        )  # share lost in a microsecond
        self._warming = pump["temperature_percent_per_c"] * 0.01
        self._stall_kpa = pump["stall_kpa"]
        self._head_conductance = pump["free_flow_ul_per_min_per_kpa"] * NL_S_PER_UL_MIN
        self._back_kpa = line["back_pressure_kpa"]
        self._siphon_kpa = fluid["density_g_per_ml"] * _GRAVITY * fluid["siphon_head_m"]
        self._temperature_c = fluid["temperature_c"]

        self.rotor = Rotor(pump, config["home"], seed)
        self.line = Line(line, pump["slip_percent_per_kpa"] * 0.01, self._back_kpa - self._siphon_kpa)
        self.reservoir = Reservoirs(config["reservoir"]["contents_ml"])
        self.plugs = Plugs((config["reservoir"]["selector_dead_volume_ul"] + line["dead_volume_ul"]) * 1000.0)
        self.sensor = FlowSensor(config["sensor"], seed)
        self._pressure_sensor = PressureSensor(config["pressure"], seed)
        self.delivered_nl = [0.0] * PORTS
        self.balance = Balance(config["balance"], fluid["density_g_per_ml"], self.delivered_nl, seed)
        self.clock = Clock(config["clock"]["error_ppm"])
        self._constant = _constant_flow(config["source"])
        self.faults = Faults(config["faults"])
        self.truth = Truth(self)

        self._turn_limit = self.rotor.per_rev * _FINEST_TURN_DEG / 360.0
        # About the most that a microstep moves, between two bites.
        most_nl = 2.0 * self._stroke_nl / self.rotor.per_rev
        self._most_kpa_per_step = most_nl / self.line.compliance
        self.now_us = 0
        self.head_nl = 0.0
        self.air_out_nl = 0.0
        self._bubble_nl = 0.0
        self._bubbles = 0
        self._motor_before = 0.0
        self._steps = 0
        self._apply_faults()

    # --- time ---

    def advance(self, now_us: int, steps: int) -> None:
        """Move on to `now_us` (true time), while the motor makes `steps` microsteps (signed), evenly."""
        self._motor_before = self.rotor.motor
        self._steps = steps
        if now_us >= self.faults.next_change_us:
            self._advance_over_changes(now_us, steps)
        else:
            self._move(now_us, steps)

    def _advance_over_changes(self, now_us: int, steps: float) -> None:
        while now_us >= self.faults.next_change_us:
            change_us = max(self.faults.next_change_us, self.now_us)
            if change_us > self.now_us:
                part = steps * (change_us - self.now_us) / (now_us - self.now_us)
                self._move(change_us, part)
                steps -= part
            self.faults.update(change_us)
            self._apply_faults()
        self._move(now_us, steps)

    def _move(self, now_us: int, steps: float) -> None:
        span_us = now_us - self.now_us
        seconds = span_us * 1e-6
        if seconds <= 0.0:
            if not steps:
                return
            seconds = _SHORTEST_S
        self.now_us = now_us
        if self._constant:
            self._run_constant_flow(seconds)
            return
        if not steps:
            self._step(seconds, 0.0)
            return
        pieces = 1
        turn = steps if steps > 0 else -steps
        if turn > self._turn_limit:
            pieces = int(turn / self._turn_limit) + 1
        stroke = self._stroke_now
        if self._ageing:
            stroke *= max(1.0 - self._ageing * (now_us - 0.5 * span_us), 0.0)
        if steps > 0 and self.line.pressure_kpa + turn * self._most_kpa_per_step > self._stall_kpa:
            self._push_to_stall(seconds, steps, pieces * _STALL_PIECES, stroke)
            return
        if pieces == 1:
            self._step(seconds, self.rotor.turn(steps) * stroke)
            return
        for _ in range(pieces):
            self._step(seconds / pieces, self.rotor.turn(steps / pieces) * stroke)

    def _push_to_stall(self, seconds: float, steps: float, pieces: int, stroke_nl: float) -> None:
        """Turn in small pieces; those that would start beyond the stall pressure are lost."""
        for _ in range(pieces):
            if self.line.pressure_kpa < self._stall_kpa:
                self._step(seconds / pieces, self.rotor.turn(steps / pieces) * stroke_nl)
            else:
                self.rotor.lose(steps / pieces)
                self._step(seconds / pieces, 0.0)

    def _step(self, seconds: float, volume_nl: float) -> None:
        """Let the rollers push a volume evenly, and carry all that follows."""
        line = self.line
        line.step(seconds, volume_nl)
        head = line.head_nl
        reservoir = self.reservoir
        air = reservoir.draw(head)
        plugs = self.plugs
        if air or reservoir.selected != plugs.entering:
            self._draw_another(head, air)
        self.head_nl += head

        out = line.out_nl
        self.sensor.lag.follow(line)
        passed = plugs.passed_nl + out
        if line.leak_nl:
            passed += line.leak_nl
        if passed >= plugs.next_nl or self._bubble_nl or plugs.arriving == AIR:
            self._let_out(seconds, passed)
            return
        plugs.passed_nl = passed
        self.delivered_nl[plugs.arriving] += out
        self.balance.lag.follow(line)

    def _draw_another(self, head: float, air: float) -> None:
        """Begin a plug where the head starts to draw air, or from another port."""
        plugs = self.plugs
        liquid = head - air
        if liquid > 0.0 and plugs.entering != self.reservoir.selected:
            plugs.enter(self.reservoir.selected, self.head_nl)
        if air > 0.0 and plugs.entering != AIR:
            plugs.enter(AIR, self.head_nl + liquid)

    def _let_out(self, seconds: float, passed: float) -> None:
        """Let out liquid and air up to `passed`, in a step where there is air or a plug arrives."""
        plugs = self.plugs
        line = self.line
        whole = line.out_nl + line.leak_nl
        wet = 0.0
        while True:
            arrives = passed >= plugs.next_nl
            end = max(plugs.next_nl, plugs.passed_nl) if arrives else passed
            part = end - plugs.passed_nl
            plugs.passed_nl = end
            out = line.out_nl * (part / whole) if whole else 0.0
            air = out
            if plugs.arriving != AIR:
                air = self._take_bubble(out)
                self.delivered_nl[plugs.arriving] += out - air
                wet += out - air
            self.air_out_nl += air
            if not arrives:
                break
            plugs.arrive()
        self.balance.lag.follow_even(seconds, wet / seconds)

    def _take_bubble(self, volume_nl: float) -> float:
        """Return how much of a volume at the outlet is the air that a fault let in."""
        air = min(volume_nl, self._bubble_nl) if volume_nl > 0.0 else 0.0
        self._bubble_nl -= air
        return air

    def _run_constant_flow(self, seconds: float) -> None:
        drawn = min(self._constant_nl_s * seconds, self.reservoir.contents_nl[0])
        self.reservoir.contents_nl[0] -= drawn
        leaked = drawn * self._leak
        self.line.leaked_nl += leaked
        self.head_nl += drawn
        self.delivered_nl[0] += drawn - leaked
        self.balance.lag.follow_even(seconds, (drawn - leaked) / seconds)

    # --- faults ---

    def _apply_faults(self) -> None:
        """Put what the active faults say into the parts."""
        value = self.faults.value
        temperature = value("temperature")
        self.temperature_c = self._temperature_c if temperature is None else temperature
        self._stroke_now = self._stroke_nl * (1.0 + self._warming * (self.temperature_c - _REFERENCE_C))
        back = value("back-pressure")
        end_kpa = (self._back_kpa if back is None else back) - self._siphon_kpa
        closed = value("occlusion") or 0.0
        self._leak = value("leak") or 0.0
        opened = (value("siphon") or 0.0) * NL_S_PER_UL_MIN
        self.line.set(closed, self._leak, self._head_conductance + opened, end_kpa)
        if self._constant:
            self._constant_nl_s = self._constant.flow_nl_s(self.temperature_c, end_kpa) * (1.0 - closed)
        self.rotor.grip = 1.0 - (value("stall") or 0.0)
        self.rotor.move_home(value("home-moves") or 0.0)
        empty = value("empty")
        self.reservoir.dry = -1 if empty is None else int(empty)
        self._let_air_in(value("air"))
        self.sensor.set(
            value("sensor-dead") is not None,
            value("sensor-stuck") is not None,
            value("sensor-noise") or 0.0,
            value("sensor-sign") is not None,
            value("sensor-crc") or 0.0,
        )
        self.balance.set(value("balance-touched"), value("balance-overload") is not None)

    def _let_air_in(self, volume_ul: "float | None") -> None:
        """Put a bubble before the flow sensor when the fault starts; its rest goes when the fault ends."""
        bubbles = self.faults.starts("air")
        if volume_ul is None:
            self._bubble_nl = 0.0
        elif bubbles != self._bubbles:
            self._bubble_nl = volume_ul * 1000.0
        self._bubbles = bubbles

    # --- what the board and the balance see ---

    def flow_reading(self) -> float:
        """Read the flow sensor, in uL/min; sets its flags."""
        return self.sensor.reading(self.now_us, self.plugs.arriving == AIR or self._bubble_nl > 0.0)

    def pressure_reading_kpa(self) -> float:
        """Read the pressure sensor, in kPa."""
        return self._pressure_sensor.reading(self.line.pressure_kpa)

    def home_edge_fraction(self) -> float:
        """Return where in the steps of the last ``advance`` the mark was passed, 0..1; of use only
        when it was."""
        if not self._steps:
            return 0.0
        return (self.rotor.edge_motor - self._motor_before) / self._steps

    # --- what a person does ---

    def select(self, reservoir: int) -> None:
        """Turn the selector valve to a port, 0..3."""
        self.reservoir.selected = reservoir

    def fill(self, reservoir: int, contents_ml: float) -> None:
        """Take out what is left in a reservoir and fill it with `contents_ml`."""
        self.reservoir.fill(reservoir, contents_ml)


def _constant_flow(source: "dict[str, Any]") -> "ConstantFlow | None":
    """Return the device under test when it is not the board's pump; only then its module takes up memory."""
    if source["kind"] != "constant-flow":
        return None
    from .constant_flow import ConstantFlow

    return ConstantFlow(source)
