"""Whether the stated uncertainty is honest: how many intervals hold the truth, where the truth is known.

Each virtual trial is the physical model itself (pump or constant-flow source, line, balance) and the
analysis as it is; between them stands no firmware, whose two hours take seconds each. For every trial all
that the budget knows only within limits is drawn from the distribution that it states: liquid's temperature
and with it density, air pressure and humidity, drift, evaporation, gain, the clock's rate, the time of each
reading, and the noise. The truth is what left the outlet, over the hour by the true clock.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from tests.bench.figure import Figure

from pumpbench.trials.analysis import Analysis, Settings, analyse
from pumpbench.trials.density import Conditions, Liquid
from pumpbench.trials.flow import error_percent
from pumpbench.trials.knowledge import Knowledge
from pumpbench.trials.presets import AMBULATORY, GENERAL
from pumpbench.trials.series import Floats, Series
from pumpbench.virtual.plant.defaults import complete
from pumpbench.virtual.plant.plant import Plant

TRIALS = 200
QUICK_TRIALS = 40
NL_PER_ML = 1e6
STEPS_PER_REV = 3200
LOWEST_PERCENT, HIGHEST_PERCENT = 90.0, 98.5


@dataclass(frozen=True)
class SetUp:
    """A kind of trial: what is measured, how often, and what is known of the means."""

    name: str
    rate_ml_h: float
    reading_s: float
    settings: Settings
    plant: dict[str, dict[str, Any]]
    stroke_ul: float | None
    short_min: float


CONDITIONS = Conditions(20.0, 1013.0)
EVAPORATION_MG_H = 5.0
KNOWN = Knowledge(
    resolution_mg=0.1,
    repeatability_mg=0.15,
    drift_mg_h=0.3,
    gain_ppm=150.0,
    evaporation_mg_h=0.4,
    clock_ppm=100.0,
    stamp_s=0.2,
)


def _settings(rate_ml_h: float, kind: Any) -> Settings:
    return Settings(
        rate_ml_h, kind.interval_s, kind.windows_min, kind.analyse_min,
        Liquid.water(CONDITIONS), EVAPORATION_MG_H, KNOWN,
    )  # fmt: skip


SET_UPS = (
    SetUp("1 mL/h, second hour", 1.0, 1.0, _settings(1.0, GENERAL), {}, 50.0, 2.0),
    SetUp(
        "1.2 mL/day, second day", 0.05, 60.0, _settings(0.05, AMBULATORY),
        {"source": {"kind": "constant-flow", "rate_ml_per_day": 1.2}}, None, 15.0,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One trial: whether the intervals hold the truth, and how far the trumpet's ends are from it."""

    holds_mean: bool
    holds_short: bool
    max_bias_percent: float
    min_bias_percent: float


def trial(seed: int, set_up: SetUp) -> Outcome:
    """Carry out one trial and compare it with its truth."""
    draw = np.random.default_rng(seed)

    def within(half: float) -> float:
        return float(draw.uniform(-half, half))

    known, conditions = KNOWN, CONDITIONS
    true_air = Conditions(
        conditions.temperature_c + within(conditions.temperature_half_c),
        conditions.pressure_hpa + within(conditions.pressure_half_hpa),
        conditions.humidity_percent + within(conditions.humidity_half_percent),
    )
    balance = {
        "resolution_mg": known.resolution_mg,
        "noise_mg": known.repeatability_mg,
        "drift_mg_per_hour": within(known.drift_mg_h or 0.0),
        "evaporation_mg_per_hour": EVAPORATION_MG_H + within(known.evaporation_mg_h or 0.0),
        "gain_error_ppm": within(known.gain_ppm or 0.0),
    }
    plant = complete(
        {
            **set_up.plant,
            "pump": {
                "stroke_volume_ul_per_rev": 50.0 * (1 + 0.01 * within(4.0)),
                "initial_angle_deg": within(180.0),
            },
            # What the balance shows of a millilitre, by the density of this water in this air.
            "fluid": {"density_g_per_ml": 1.0 / Liquid.water(true_air).ml_per_g},
            "balance": balance,
            "random": {"seed": seed},
        }
    )
    if set_up.stroke_ul is None:
        plant["fluid"]["temperature_c"] = 37.0 + within(1.0)  # the implanted pump's own
    time, shown, out = _weigh(plant, set_up)
    clock = 1.0 + within(known.clock_ppm or 0.0) * 1e-6
    stamps = time * clock + draw.uniform(-1, 1, len(time)) * (known.stamp_s or 0.0)
    return _compare(Series.of(stamps, shown), time, out, set_up)


def _weigh(config: dict[str, Any], set_up: SetUp) -> tuple[Floats, Floats, Floats]:
    """Return true times (s), what the balance showed (g) and what left the outlet (mL), at each reading."""
    plant = Plant(config)
    count = round(set_up.settings.analyse_min[1] * 60.0 / set_up.reading_s) + 2
    steps_per_s = set_up.rate_ml_h / 3.6 / 50.0 * STEPS_PER_REV if set_up.stroke_ul else 0.0
    time, shown, out = (np.empty(count) for _ in range(3))
    made = 0
    for reading in range(count):
        now_us = round(reading * set_up.reading_s * 1e6)
        due = round(now_us * 1e-6 * steps_per_s)
        if reading:
            plant.advance(now_us, due - made)
        made = due
        time[reading] = now_us * 1e-6
        shown[reading] = plant.balance.reading(now_us)[0] * 1e-3
        out[reading] = sum(plant.delivered_nl) / NL_PER_ML
    return time, shown, out


def _compare(series: Series, time: Floats, out: Floats, set_up: SetUp) -> Outcome:
    settings = set_up.settings
    start = settings.analyse_min[0]
    short = replace(settings, analyse_min=(start, start + set_up.short_min), windows_min=())
    truth = analyse(Series.of(time, out), replace(settings, liquid=Liquid.given(1.0), evaporation_mg_h=0.0))
    found = analyse(series, settings)
    ends = [
        ((mine.window.max_percent or 0.0) - (true.window.max_percent or 0.0),
         (mine.window.min_percent or 0.0) - (true.window.min_percent or 0.0))
        for mine, true in zip(found.trumpet, truth.trumpet, strict=True)
    ]  # fmt: skip
    return Outcome(
        _holds(found, time, out, settings),
        _holds(analyse(series, short), time, out, short),
        *ends[0],
    )


def _holds(found: Analysis, time: Floats, out: Floats, settings: Settings) -> bool:
    first, last = (60.0 * minute for minute in settings.analyse_min)
    before, after = np.interp([first, last], time, out)
    truth = error_percent(float(after - before) / (last - first) * 3600.0, settings.rate_ml_h)
    if found.mean_error_percent is None or found.mean_error_expanded_percent is None:
        raise AssertionError("a trial has no uncertainty")
    return abs(found.mean_error_percent - truth) <= found.mean_error_expanded_percent


def outcomes(set_up: SetUp, trials: int) -> list[Outcome]:
    """Carry out trials of a kind, in as many processes as there are cores."""
    run: Callable[[int], Outcome] = partial(trial, set_up=set_up)
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        return list(pool.map(run, range(1, trials + 1), chunksize=10))


def figures(quick: bool) -> list[Figure]:
    """Share of the k = 2 intervals that hold the truth; the bias of noise on the trumpet's ends."""
    trials = QUICK_TRIALS if quick else TRIALS
    found = []
    for set_up in SET_UPS:
        results = outcomes(set_up, trials)
        count = len(results)
        mean = 100.0 * sum(one.holds_mean for one in results) / count
        short = 100.0 * sum(one.holds_short for one in results) / count
        bias = [float(np.mean([getattr(one, side) for one in results])) for side in _SIDES]
        stated = analyse(_flat(set_up), set_up.settings).trumpet[0]
        note = (
            f"coverage, {set_up.name}: {count} trials of the physical model with density, drift, "
            "evaporation, gain, clock, times and noise drawn as stated; sampling error "
            f"{_spread(mean, count):.1f} %. Noise moves Ep(max) by {bias[0]:+.3f} % and Ep(min) by "
            f"{bias[1]:+.3f} % at {set_up.short_min:g} min; stated: {stated.noise_bias_percent:.3f} % at most"
        )
        found += [
            Figure(
                f"coverage of U, mean error, {set_up.name}", "%", mean, goal=f">= {LOWEST_PERCENT}", note=note
            ),
            Figure(f"coverage of U, at most, {set_up.name}", "%", mean, goal=f"<= {HIGHEST_PERCENT}"),
            Figure(f"coverage of U, one {set_up.short_min:g} min window, {set_up.name}", "%", short),
        ]
    return found


_SIDES = ("max_bias_percent", "min_bias_percent")


def _flat(set_up: SetUp) -> Series:
    time = np.arange(0.0, set_up.settings.analyse_min[1] * 60.0 + 1.0, set_up.reading_s)
    return Series.of(time, time * set_up.rate_ml_h / 3600.0)


def _spread(percent: float, count: int) -> float:
    return math.sqrt(percent * (100.0 - percent) / count)
