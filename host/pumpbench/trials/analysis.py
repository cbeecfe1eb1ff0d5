"""A trial's figures, all at once: from readings to start-up curve, mean error, trumpet and budgets."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pumpbench.trials import startup
from pumpbench.trials.density import Liquid
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.flow import S_PER_H, error_percent, flow_ml_h, mean_flow_ml_h, volume_ml
from pumpbench.trials.gaps import gaps
from pumpbench.trials.jumps import jumps, surplus_g
from pumpbench.trials.knowledge import Knowledge
from pumpbench.trials.noise_bias import noise_bias_percent
from pumpbench.trials.presets import GENERAL
from pumpbench.trials.quality import Quality, quality_of
from pumpbench.trials.resample import SAME_TIME, Samples, resample
from pumpbench.trials.ripple import Ripple, ripple
from pumpbench.trials.series import Flags, Series
from pumpbench.trials.startup import StartUp
from pumpbench.trials.trumpet import Window, samples_in, trumpet
from pumpbench.trials.uncertainty import Budget, budget, reading_percent


@dataclass(frozen=True)
class Settings:
    """What a series is analysed for.

    Attributes:
        rate_ml_h: the set rate, to which all errors refer.
        interval_s: sample interval S.
        windows_min: windows P of the trumpet.
        analyse_min: the time of mean error and trumpet, in minutes from the start of the delivery.
        liquid: what a gram stands for.
        evaporation_mg_h: what the vessel loses, added to the readings.
        knowledge: the inputs of the uncertainty budget.
        revolution_s: time of a revolution of the pump at the set rate, None when it is not known.
        rollers: how many leave the tube in a revolution, None when it is not known.
        origin_s: the time at which the delivery started, from which minutes count; None when it is not
            known: 0 where the series reaches back to it, within one sample, else its first reading.
    """

    rate_ml_h: float
    interval_s: float = GENERAL.interval_s
    windows_min: tuple[float, ...] = GENERAL.windows_min
    analyse_min: tuple[float, float] = GENERAL.analyse_min
    liquid: Liquid = field(default_factory=Liquid.given)
    evaporation_mg_h: float = 0.0
    knowledge: Knowledge = field(default_factory=Knowledge)
    revolution_s: float | None = None
    rollers: int | None = None
    origin_s: float | None = None


@dataclass(frozen=True)
class WindowResult:
    """A window of the trumpet, the budget of its errors, and what noise does to them."""

    window: Window
    budget: Budget
    noise_bias_percent: float | None

    def as_dict(self) -> dict[str, Any]:
        """The window's figures, for JSON."""
        return {
            "window_min": self.window.window_min,
            "max_percent": self.window.max_percent,
            "min_percent": self.window.min_percent,
            "windows_used": self.window.used,
            "windows_skipped": self.window.skipped,
            "expanded_percent": self.budget.expanded_percent,
            "noise_bias_percent": self.noise_bias_percent,
        }


@dataclass(frozen=True)
class Analysis:
    """A trial's figures.

    ``mean_error_percent`` is None when the reading at either end of the analysed time is not known.
    ``ripple`` is None when there is none to be seen, or readings are missing.
    """

    settings: Settings
    mean_error_percent: float | None
    mean_flow_ml_h: float | None
    budget: Budget
    trumpet: tuple[WindowResult, ...]
    startup: StartUp
    ripple: Ripple | None
    quality: Quality

    @property
    def mean_error_expanded_percent(self) -> float | None:
        """U of the mean error (k = 2), None when a contribution was not stated."""
        return None if self.mean_error_percent is None else self.budget.expanded_percent

    def as_dict(self) -> dict[str, Any]:
        """All figures, for JSON; what is not known is None."""
        return {
            "rate_ml_h": self.settings.rate_ml_h,
            "interval_s": self.settings.interval_s,
            "analyse_min": list(self.settings.analyse_min),
            "liquid": self.settings.liquid.words,
            "mean_flow_ml_h": self.mean_flow_ml_h,
            "mean_error_percent": self.mean_error_percent,
            "mean_error_expanded_percent": self.mean_error_expanded_percent,
            "trumpet": [result.as_dict() for result in self.trumpet],
            "startup": self.startup.as_list(),
            "ripple": None if self.ripple is None else self.ripple.as_dict(),
            "quality": self.quality.as_dict(),
            "budget": {
                "mean_error": self.budget.as_dict(),
                "trumpet": [
                    {"window_min": result.window.window_min, **result.budget.as_dict()}
                    for result in self.trumpet
                ],
            },
        }


def analyse(series: Series, settings: Settings) -> Analysis:
    """Return the figures of a series of readings.

    Raises `BadSettingError` for settings that cannot be or do not fit the series.
    """
    _check(settings, series)
    interval_s = settings.interval_s
    origin_s = _origin_s(series, interval_s) if settings.origin_s is None else settings.origin_s
    start_s, end_s = (origin_s + 60.0 * minute for minute in settings.analyse_min)
    _check_span(series, settings, origin_s)

    flow_g_s = settings.rate_ml_h / settings.liquid.ml_per_g / S_PER_H
    missing, jumped = gaps(series, interval_s), jumps(series, flow_g_s)
    broken = missing | jumped
    count = _samples_between(settings)
    samples = resample(series, broken, start_s, interval_s, count)
    volume = volume_ml(samples, settings.liquid, settings.evaporation_mg_h)
    flow = mean_flow_ml_h(volume, interval_s)
    error = error_percent(flow, settings.rate_ml_h)
    known = math.isfinite(flow)
    return Analysis(
        settings=settings,
        mean_error_percent=error if known else None,
        mean_flow_ml_h=flow if known else None,
        budget=_budget(settings, count, error if known else 0.0, _within(series, jumped, start_s, end_s)),
        trumpet=tuple(
            _window_result(settings, window)
            for window in trumpet(
                volume, samples.whole, interval_s, settings.rate_ml_h, settings.windows_min
            )
        ),
        startup=_startup(series, broken, settings, origin_s),
        ripple=_ripple(series, broken, settings, start_s, end_s),
        quality=quality_of(
            series, missing, jumped, surplus_g(series, flow_g_s), origin_s,
            _notes(series, settings, samples, origin_s),
        ),
    )  # fmt: skip


def _startup(series: Series, broken: Flags, settings: Settings, origin_s: float) -> StartUp:
    """Return the curve from the start to the end of the analysed time."""
    count = int(settings.analyse_min[1] * 60.0 / settings.interval_s * (1.0 + 1e-12))
    samples = resample(series, broken, origin_s, settings.interval_s, count)
    flows = flow_ml_h(volume_ml(samples, settings.liquid, settings.evaporation_mg_h), settings.interval_s)
    return startup.startup(samples.time_s, flows, samples.whole, origin_s)


def _ripple(series: Series, broken: Flags, settings: Settings, start_s: float, end_s: float) -> Ripple | None:
    """Return the ripple over the analysed time, unless a gap or a jump lies in it."""
    inside = (series.time_s >= start_s) & (series.time_s <= end_s)
    if inside.sum() < 2 or _within(series, broken, start_s, end_s):
        return None
    time, liquid = series.time_s[inside], settings.liquid
    lost_g = settings.evaporation_mg_h * 1e-3 * (time - start_s) / S_PER_H
    volume = (series.mass_g[inside] + lost_g) * liquid.ml_per_g
    digit_mg = settings.knowledge.resolution_mg
    digit_ml = None if digit_mg is None else digit_mg * 1e-3 * liquid.ml_per_g
    return ripple(time, volume, settings.rate_ml_h, digit_ml, settings.revolution_s, settings.rollers)


def _budget(settings: Settings, samples: int, error_percent: float, jumps: int = 0) -> Budget:
    """Return the budget of the mean over so many samples."""
    duration_s = samples * settings.interval_s
    nominal_ml = settings.rate_ml_h * duration_s / S_PER_H
    ratio = 1.0 + error_percent / 100.0
    return budget(settings.knowledge, settings.liquid, nominal_ml, duration_s, ratio, jumps)


def _window_result(settings: Settings, window: Window) -> WindowResult:
    duration_s = window.window_min * 60.0
    nominal_ml = settings.rate_ml_h * duration_s / S_PER_H
    farthest = max((window.max_percent or 0.0, window.min_percent or 0.0), key=abs)
    noise = reading_percent(settings.knowledge, settings.liquid, nominal_ml, duration_s)
    return WindowResult(
        window,
        _budget(settings, round(duration_s / settings.interval_s), farthest),
        noise_bias_percent(noise, window.used) if window.used else None,
    )


def _origin_s(series: Series, interval_s: float) -> float:
    first, last = float(series.time_s[0]), float(series.time_s[-1])
    return 0.0 if first <= interval_s and last >= 0.0 else first


def _within(series: Series, steps: Flags, start_s: float, end_s: float) -> int:
    """Return how many of the steps lie in a time, at least in part."""
    return int(np.sum(steps & (series.time_s[1:] > start_s) & (series.time_s[:-1] < end_s)))


def _samples_between(settings: Settings) -> int:
    start, end = settings.analyse_min
    return round((end - start) * 60.0 / settings.interval_s)


def _check(settings: Settings, series: Series) -> None:
    for name, value in (("set rate", settings.rate_ml_h), ("sample interval", settings.interval_s)):
        if not (math.isfinite(value) and value > 0):
            raise BadSettingError(f"a {name} of {value:g} cannot be; more than 0 is needed")
    start, end = settings.analyse_min
    if not 0 <= start < end or not math.isfinite(end):
        raise BadSettingError(
            f"the time from {start:g} to {end:g} min cannot be analysed; it must rise from 0 on"
        )
    if not math.isfinite(settings.evaporation_mg_h) or settings.evaporation_mg_h < 0:
        raise BadSettingError(
            f"an evaporation of {settings.evaporation_mg_h:g} mg/h cannot be; 0 or more is allowed"
        )
    count = samples_in(
        end - start, settings.interval_s, round((end - start) * 60.0 / settings.interval_s) or 1
    )
    for window in settings.windows_min:
        samples_in(window, settings.interval_s, count)
    if series.step_s > 1.5 * settings.interval_s:
        raise BadSettingError(
            f"readings come every {series.step_s:g} s, too seldom for samples of {settings.interval_s:g} s"
        )


def _check_span(series: Series, settings: Settings, origin_s: float) -> None:
    """See that the series reaches over the analysed time."""
    reach = 0.5 * series.step_s
    first, last = (float(series.time_s[end]) - origin_s for end in (0, -1))
    start, end = (60.0 * minute for minute in settings.analyse_min)
    if first > start + reach or last < end - reach:
        raise BadSettingError(
            f"{start / 60:g} to {end / 60:g} min are to be analysed, but the readings reach from "
            f"{first / 60:.4g} to {last / 60:.4g} min"
        )


def _notes(series: Series, settings: Settings, samples: Samples, origin_s: float) -> tuple[str, ...]:
    """Return what else is to be known: where minutes count from, ends not known, repeated lines."""
    said = []
    if origin_s != 0.0:
        said.append(f"minutes count from the first reading, at {origin_s:.6g} s")
    for minute, time, mass in zip(
        settings.analyse_min, samples.time_s[[0, -1]], samples.mass_g[[0, -1]], strict=True
    ):
        if np.isnan(mass):
            said.append(f"the mass at {minute:g} min is not known, so there is no mean error")
        elif min(abs(series.time_s - time)) > SAME_TIME * settings.interval_s and not (
            series.time_s[0] <= time <= series.time_s[-1]
        ):
            said.append(f"the mass at {minute:g} min is read from the line beyond the last reading")
    return tuple(said)
