"""The rotor's map from records of the turning head: linear least squares behind the line's and the sensor's
lag.

The flow over the rotor's angle is f(angle), mean 1, given at `KNOTS` equally spaced angles with straight
lines between. Between two records the head delivers the stroke volume times the integral of f over the angle
turned, which is linear in the knots, whatever the speed does. The sensor sees that behind two first-order
lags: one that is known (the sensor's response and the board's filter) and one that is not (the line's
compliance and resistance). A lag and a turned map look the same at one speed; at two they do not, so the lag
is the one that leaves the least unexplained.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pumpbench.calibrating.data import Array, Turning
from pumpbench.calibrating.errors import FitError
from pumplink.numbers import MAP_BINS

KNOTS = MAP_BINS
# The sensor's response, and the board's filter: an eighth of the difference, 20 times a second.
KNOWN_LAGS_S = (0.04, 0.05 / math.log(8 / 7))
KNOWN_DELAY_S = 0.05  # and the reading is the one that was asked for at the time before
LEAST_REVOLUTIONS = 3.0
LEAST_SPEED_RATIO = 1.5
_DEG = 360.0 / KNOTS
_LONGEST_LAG_S = 30.0
_LAG_HARMONICS, _LAG_BLOCK_DEG = (24, 48), (6.0, 3.0)  # while the lag is looked for: coarsely, then around it
_SETTLE_S = 4 * _LONGEST_LAG_S  # at the beginning of each turning, while the line charges
_BLOCK_DEG = 1.0
_GAP = 1.5  # longer than so many usual intervals: records are missing
_BEND = 0.05  # how much the flow bends from knot to knot, as far as is known beforehand
_FLOOR = 1.0 / 16.0  # the board passes no angle faster than that


@dataclass(frozen=True)
class MapFit:
    """``relative``: flow over mean flow at 360 i / KNOTS degrees; ``u_relative``: their standard uncertainty.

    ``lag_s`` is the line's lag; ``noise_nl_h`` what the fit leaves unexplained in one record;
    ``ripple`` the standard deviation of the flow over the angle, relative to its mean.
    """

    relative: Array
    u_relative: Array
    lag_s: float
    noise_nl_h: float
    ripple: float
    stroke_by_sensor_nl: float

    @property
    def reading_lag_s(self) -> float:
        """How long the board's filtered reading trails the head, all lags together."""
        return self.lag_s + sum(KNOWN_LAGS_S) + KNOWN_DELAY_S


def fit_map(turnings: Sequence[Turning], zero_nl_h: float = 0.0) -> MapFit:
    """Fit a map to turnings at two speeds at least.

    Raises `FitError` where the records do not cover the rotor often enough, or only one speed.
    """
    passes = [each for turning in turnings for each in _passes(turning, zero_nl_h)]
    revolutions = sum(each.revolutions for each in passes)
    if revolutions < LEAST_REVOLUTIONS:
        raise FitError(
            f"the head turned {revolutions:.1f} revolutions after the first {_SETTLE_S:.0f} s of each "
            f"turning; at least {LEAST_REVOLUTIONS:g} are needed"
        )
    speeds = [each.speed for each in passes]
    if max(speeds) < LEAST_SPEED_RATIO * min(speeds):
        raise FitError(
            f"the head turned at {min(speeds):.3g} to {max(speeds):.3g} revolutions an hour; the line's "
            f"lag shows only between speeds that differ by a factor of {LEAST_SPEED_RATIO:g}"
        )
    lag_s = _best_lag(passes)
    solved = _solve([each.behind(lag_s) for each in passes], _BEND, _BLOCK_DEG)
    mean = float(solved.knots.mean())
    if mean <= 0:
        raise FitError("the flow sensor saw no forward flow while the head turned")
    relative = np.maximum(solved.knots / mean, _FLOOR)
    relative /= relative.mean()
    return MapFit(
        relative=relative,
        u_relative=np.sqrt(np.diag(solved.covariance)) / mean,
        lag_s=lag_s,
        noise_nl_h=solved.noise_nl_h,
        ripple=float(relative.std()),
        stroke_by_sensor_nl=mean,
    )


@dataclass(frozen=True)
class _Pass:
    """One turning without gaps, behind the known lag.

    ``shares``: (intervals, knots), what an even flow's volume a revolution would add to the reading through
    each knot, in 1/h; ``settling``: intervals at the beginning that only fill the lags.
    """

    seconds: float  # of an interval
    shares: Array
    flow_nl_h: Array  # read at each interval's end
    settling: int
    speed: float  # revolutions an hour

    @property
    def revolutions(self) -> float:
        """Revolutions after the settling."""
        return max(len(self.shares) - self.settling, 0) * self.seconds * self.speed / 3600.0

    def behind(self, lag_s: float) -> "_Pass":
        """Behind one more lag."""
        return _Pass(
            self.seconds, _lagged(self.shares, self.seconds, lag_s), self.flow_nl_h, self.settling, self.speed
        )

    def averaged(self, block_deg: float) -> tuple[Array, Array]:
        """Shares and readings after the settling, each a mean over about so many degrees: single microsteps,
        which a slow head makes one by one, are not what is looked for."""
        deg_s = self.speed * 360.0 / 3600.0
        size = max(round(block_deg / (deg_s * self.seconds)), 1)
        count = max(len(self.shares) - self.settling, 0) // size
        end = self.settling + count * size
        shares = self.shares[self.settling : end].reshape(count, size, -1).mean(axis=1)
        return shares, self.flow_nl_h[self.settling : end].reshape(count, size).mean(axis=1)

    def smooth(self, harmonics: int) -> "_Pass":
        """With the mean and the first harmonics of the angle for knots. What they leave out is at right
        angles to them, and does not pull the lag."""
        angle = 2 * np.pi * np.outer(np.arange(KNOTS) / KNOTS, np.arange(1, harmonics + 1))
        waves = np.column_stack([np.ones(KNOTS), np.cos(angle), np.sin(angle)])
        return _Pass(self.seconds, self.shares @ waves, self.flow_nl_h, self.settling, self.speed)


def _passes(turning: Turning, zero_nl_h: float) -> list[_Pass]:
    """Cut a turning where records are missing."""
    time_s = np.asarray(turning.time_s, dtype=float)
    angle = np.unwrap(np.asarray(turning.rotor_deg, dtype=float), period=360.0)
    flow = np.asarray(turning.sensor_nl_h, dtype=float) - zero_nl_h
    if not len(time_s) == len(angle) == len(flow) or len(time_s) < 2:
        raise FitError("times, angles and readings must be equally many, at least two")
    seconds = np.diff(time_s)
    if np.any(seconds <= 0):
        raise FitError("the records' times must rise")
    usual = float(np.median(seconds))
    cuts = [0, *(np.flatnonzero(seconds > _GAP * usual) + 1), len(time_s)]
    settling = int(_SETTLE_S / usual)
    found = []
    for first, end in pairwise(cuts):
        if end - first <= settling + 1:
            continue
        turned = np.diff(_integrals(angle[first:end]), axis=0)
        shares = turned * (3600.0 / seconds[first : end - 1])[:, None]
        speed = float(shares.sum(axis=1).mean())
        for lag_s in KNOWN_LAGS_S:
            shares = _lagged(shares, usual, lag_s)
        late = round(KNOWN_DELAY_S / usual)
        found.append(
            _Pass(usual, shares[: len(shares) - late], flow[first + 1 + late : end], settling, speed)
        )
    return found


def _integrals(angle_deg: Array) -> Array:
    """Integral of each knot's tent from 0 to each angle, in revolutions: (angles, KNOTS)."""
    turns, rest = np.divmod(angle_deg, 360.0)
    knot, along = np.divmod(rest / _DEG, 1.0)
    index = np.minimum(knot.astype(int), KNOTS - 1)
    rows = np.arange(len(angle_deg))
    whole = np.tri(KNOTS, KNOTS, -1)  # intervals that lie before this one
    before = 0.5 * (whole + np.roll(whole, 1, axis=1))  # half a tent at each of their two ends
    result = before[index] + turns[:, None]
    result[rows, index] += along - along**2 / 2
    result[rows, (index + 1) % KNOTS] += along**2 / 2
    return np.asarray(result / KNOTS, dtype=float)


def _lagged(values: Array, seconds: float, lag_s: float) -> Array:
    """Return what comes out of a first-order lag at each interval's end, the input even within an interval.

    y_i = (1 - a) sum over j of a^j x_(i-j), a = exp(-seconds / lag), summed by doubling.
    """
    if lag_s <= 0:
        return values
    decay = math.exp(-seconds / lag_s)
    out = (1 - decay) * values
    reach, weight = 1, decay
    while weight > 1e-9 and reach < len(out):
        out[reach:] += weight * out[:-reach].copy()
        reach *= 2
        weight *= weight
    return out


def _best_lag(passes: Sequence[_Pass]) -> float:
    """Return the line's lag that leaves the least unexplained: a coarse look, then golden sections around it
    with the harmonics of narrow bites, and blocks so short that none of them passes for a lower one."""
    coarse, fine = (
        _unexplained(passes, harmonics, block_deg)
        for harmonics, block_deg in zip(_LAG_HARMONICS, _LAG_BLOCK_DEG, strict=True)
    )
    lags = np.concatenate([[0.0], np.geomspace(0.03, _LONGEST_LAG_S, 16)])
    best = int(np.argmin([coarse(float(lag)) for lag in lags]))
    low, high = float(lags[max(best - 2, 0)]), float(lags[min(best + 1, len(lags) - 1)])
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    inner_low, inner_high = high - golden * (high - low), low + golden * (high - low)
    at_low, at_high = fine(inner_low), fine(inner_high)
    for _ in range(10):
        if at_low < at_high:
            high, inner_high, at_high = inner_high, inner_low, at_low
            inner_low = high - golden * (high - low)
            at_low = fine(inner_low)
        else:
            low, inner_low, at_low = inner_low, inner_high, at_high
            inner_high = low + golden * (high - low)
            at_high = fine(inner_high)
    return (low + high) / 2


def _unexplained(passes: Sequence[_Pass], harmonics: int, block_deg: float) -> Callable[[float], float]:
    """Return what tells how much a lag leaves unexplained."""
    smooth = [each.smooth(harmonics) for each in passes]
    return lambda lag_s: _solve([each.behind(lag_s) for each in smooth], 0.0, block_deg).left


@dataclass(frozen=True)
class _Solved:
    knots: Array  # nL a revolution
    covariance: Array
    noise_nl_h: float
    left: float


def _solve(passes: Sequence[_Pass], bend: float, block_deg: float) -> _Solved:
    """Least squares; `bend` is how much the flow bends from knot to knot as far as is known beforehand, 0
    when nothing is known."""
    knots = passes[0].shares.shape[1]
    normal, right, total, count = np.zeros((knots, knots)), np.zeros(knots), 0.0, 0
    for each in passes:
        seen, flow = each.averaged(block_deg)
        normal += seen.T @ seen
        right += seen.T @ flow
        total += float(flow @ flow)
        count += len(flow)
    stiff = np.zeros((knots, knots))
    if bend:
        line = np.eye(knots)
        bends = np.roll(line, 1, axis=0) - 2 * line + np.roll(line, -1, axis=0)
        stiff = bends.T @ bends / (bend * abs(right.sum() / normal.sum())) ** 2
    noise2 = 0.0
    for _ in range(3):  # the noise decides what the data are worth beside what is known beforehand
        inverse = np.asarray(np.linalg.inv(normal + noise2 * stiff), dtype=np.float64)
        found = inverse @ right
        left = max(total - float(2 * found @ right - found @ normal @ found), 0.0)
        noise2 = max(left / max(count - knots, 1), 1e-9)
    return _Solved(found, np.asarray(inverse * noise2, dtype=np.float64), math.sqrt(noise2), left)
