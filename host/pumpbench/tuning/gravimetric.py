"""A gravimetric calibration by itself: rest, then whole revolutions at some flows, weighed before and
after."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pumpbench.calibrating import Fitted, Rest, Turning, Weighing, fit
from pumpbench.client.records import Records
from pumpbench.tuning.errors import TuningError
from pumpbench.tuning.stand import WEIGHING_S, Stand
from pumpbench.units import RATE, UnitError
from pumplink.numbers import MAX_FLOW_NL_H
from pumplink.states import FLAG_HOMED, FLAG_SENSOR_VALID

_ML = 1_000_000
_LEAST_TURNS, _MOST_TURNS = 2, 10_000
_SETTLE_S = 30.0
_FILL_NL_H, _FILL_TURNS = 20 * _ML, 2


@dataclass(frozen=True)
class Plan:
    """``flows``: (set flow in nL/h, revolutions) each; maps are learned at flows up to ``map_up_to_nl_h``."""

    rest_s: float = 600.0
    flows: tuple[tuple[int, int], ...] = ((1 * _ML, 10), (4 * _ML, 30), (20 * _ML, 60))
    map_up_to_nl_h: int = 5 * _ML

    def deliveries(self, nominal_nl: float) -> tuple[tuple[int, int], ...]:
        """What is turned, one after the other: (flow in nL/h, volume in nL); a head of so much a revolution.

        The first takes the head past the home mark, and fills the line.
        """
        filling = (_FILL_NL_H, math.ceil(_FILL_TURNS * nominal_nl))
        return filling, *((rate, round(turns * nominal_nl)) for rate, turns in self.flows)

    def expected_s(self, nominal_nl: float) -> float:
        """How long it takes with a head of so much a revolution."""
        turning = sum(3600.0 * volume_nl / rate for rate, volume_nl in self.deliveries(nominal_nl))
        return self.rest_s + turning + (2 + len(self.flows)) * WEIGHING_S


def points_of(text: str) -> tuple[tuple[int, int], ...]:
    """Return (rate in nL/h, revolutions) of each point of a text like ``1 mL/h:10,4 mL/h:30``; points may
    stand on lines of their own. Raises `TuningError`."""
    found = []
    for part in text.replace("\n", ",").split(","):
        if not part.strip():
            continue
        rate_text, colon, revolutions = part.partition(":")
        if not colon:
            raise TuningError(f'"{part.strip()}" is no RATE:REVOLUTIONS, like 1 mL/h:10')
        turns = revolutions.strip()
        if not turns.isdecimal() or not _LEAST_TURNS <= int(turns) <= _MOST_TURNS:
            raise TuningError(
                f'"{turns}" is not a whole number of revolutions from {_LEAST_TURNS} to {_MOST_TURNS}'
            )
        try:
            rate = RATE.parse(rate_text)
        except UnitError as error:
            raise TuningError(f'"{rate_text.strip()}" {error}') from None
        if not 0 < rate <= MAX_FLOW_NL_H:
            raise TuningError(f'"{rate_text.strip()}" is no flow above 0, up to {RATE.format(MAX_FLOW_NL_H)}')
        found.append((rate, int(turns)))
    if not found:
        raise TuningError("no point is named, like 1 mL/h:10")
    return tuple(found)


@dataclass(frozen=True)
class Measured:
    """What a calibration rests on: the raw points of its fit."""

    weighings: tuple[Weighing, ...]
    rests: tuple[Rest, ...]
    turnings: tuple[Turning, ...]
    drift_mg_h: float
    """Of the balance with the pump at rest, evaporation included; it is taken off every weighing."""

    def fitted(self) -> Fitted:
        """Return the calibration. Raises `FitError` where the readings do not do."""
        return fit(self.weighings, self.rests, self.turnings)


def calibrate(stand: Stand, density_g_ml: float, plan: Plan | None = None) -> Fitted:
    """Calibrate the tube set in the head; see `measure`. Raises `TuningError` and `FitError`."""
    return measure(stand, density_g_ml, plan).fitted()


def measure(
    stand: Stand,
    density_g_ml: float,
    plan: Plan | None = None,
    *,
    say: Callable[[str], None] = lambda sentence: None,
    valve: Callable[[bool], None] = lambda closed: None,
) -> Measured:
    """Measure for a calibration of the tube set in the head; the board must have none of it in use.

    `say` is told what begins; `valve` has the line closed (True) for the sensor's zero and opened again.
    Raises `TuningError` where the pump or the balance fail, and `Cancelled`.
    """
    plan = plan or Plan()
    nominal_nl = stand.client.calibration().stroke_nl
    per_rev = stand.client.limits().steps_per_rev
    filling, *weighed = plan.deliveries(nominal_nl)
    stand.run(filling[0], volume_nl=filling[1])
    valve(True)
    say(f"at rest for {plan.rest_s:g} s, for the sensor's zero and the balance's drift")
    first_mg, u_mg = stand.weigh_mg()
    resting = stand.rest(plan.rest_s)
    later_mg, _ = stand.weigh_mg()
    drift_mg_s = (later_mg - first_mg) / plan.rest_s  # what evaporates, and what the balance drifts
    u_drift_mg_s = math.sqrt(2.0) * u_mg / plan.rest_s
    valve(False)
    weighings, turnings = [], []
    before_mg = later_mg
    for (rate_nl_h, revolutions), (_, volume_nl) in zip(plan.flows, weighed, strict=True):
        say(f"{revolutions} revolutions at {RATE.format(rate_nl_h)}")
        steps = stand.steps()
        records = stand.run(rate_nl_h, volume_nl=volume_nl)
        after_mg, u_after_mg = stand.weigh_mg()
        turned = (stand.steps() - steps) / per_rev
        took_s = revolutions * nominal_nl / rate_nl_h * 3600.0
        mass_mg = after_mg - before_mg - drift_mg_s * took_s
        u_mass_mg = math.hypot(math.sqrt(2.0) * u_after_mg, u_drift_mg_s * took_s)
        before_mg = after_mg
        turning = _turning(records, "home-mark" in stand.client.info.capabilities)
        weighings.append(_weighing(rate_nl_h, turned, mass_mg, u_mass_mg, density_g_ml, turning, per_rev))
        if rate_nl_h <= plan.map_up_to_nl_h:
            turnings.append(
                Turning(
                    turning["time_us"] / 1e6,
                    turning["rotor_mdeg"] / 1000.0,
                    turning["measured_nl_h"].astype(float),
                )
            )
    rest = resting["measured_nl_h"][resting["flags"] & FLAG_SENSOR_VALID != 0].astype(float)
    return Measured(
        tuple(weighings),
        (Rest(float(rest.mean()), _u_mean(rest), plan.rest_s),),
        tuple(turnings),
        drift_mg_s * 3600.0,
    )


def _turning(records: Records, has_home_mark: bool) -> Records:
    """The records in which the head turned at the set flow, its angle known."""
    turning = records["set_nl_h"] > 0
    if has_home_mark:
        turning &= records["flags"] & FLAG_HOMED != 0
    found: Records = records[turning & (records["flags"] & FLAG_SENSOR_VALID != 0)]
    return found


def _weighing(
    rate_nl_h: int,
    revolutions: float,
    mass_mg: float,
    u_mass_mg: float,
    density_g_ml: float,
    turning: Records,
    per_rev: int,
) -> Weighing:
    """Mass by revolutions, beside the sensor's mean over whole revolutions of the settled part."""
    volume_nl = mass_mg / density_g_ml * 1000.0
    steps = turning["steps"].astype(float)
    time_s = turning["time_us"] / 1e6
    settled = time_s - time_s[:1] > _SETTLE_S
    if settled.sum() < 2:
        raise TuningError(
            f"at {RATE.format(rate_nl_h)} the flow sensor gave no readings over more than {_SETTLE_S:g} s of "
            "turning; `pumpbench alarms list` tells whether it is at fault"
        )
    whole = math.floor((steps[-1] - steps[settled][0]) / per_rev)
    seconds = revolutions * per_rev / ((steps[-1] - steps[settled][0]) / (time_s[-1] - time_s[settled][0]))
    sensor = None
    u_sensor = 0.0
    if whole >= _LEAST_TURNS:
        inside = settled & (steps >= steps[-1] - whole * per_rev)
        flows = turning["measured_nl_h"][inside].astype(float)
        sensor, u_sensor = float(flows.mean()), _u_mean(flows - _periodic(flows, whole))
    return Weighing(
        rate_nl_h,
        revolutions,
        seconds,
        volume_nl,
        u_mass_mg / density_g_ml * 1000.0,
        sensor,
        u_sensor,
        float(turning["pressure_pa"].mean()) / 1000.0,
        float(turning["temperature_mc"].mean()) / 1000.0,
    )


def _periodic(flows: np.ndarray, whole: int) -> np.ndarray:
    """What comes back in every revolution is no noise."""
    size = len(flows) // whole
    mean = flows[: size * whole].reshape(whole, size).mean(axis=0)
    return np.asarray(np.resize(mean, len(flows)))


def _u_mean(values: Sequence[float] | np.ndarray) -> float:
    """Standard uncertainty of a mean of readings that the board's quarter filter has made alike: such a
    filter leaves one in seven independent."""
    array = np.asarray(values, dtype=float)
    filtered = 7.0
    return float(array.std(ddof=1)) * math.sqrt(filtered / len(array))
