"""All figures of a series, against the formulas carried out word for word."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.host.trials import naive
from tests.host.trials.series import DENSITY, steady, weigh, without

from pumpbench.trials.analysis import Analysis, Settings, analyse
from pumpbench.trials.density import Liquid
from pumpbench.trials.errors import BadSettingError
from pumpbench.trials.presets import AMBULATORY
from pumpbench.trials.series import Series

RATE = 5.0
FIRST, LAST = 120, 240  # samples of the second hour

# Up to three times the set flow: more may be a jump.
flows = st.lists(st.floats(0.0, 3.2 * RATE), min_size=LAST, max_size=LAST)
rows = st.sets(st.integers(FIRST + 1, LAST - 1), max_size=5)


def second_hour(series: Series) -> Analysis:
    return analyse(series, Settings(RATE))


@given(flows, rows)
@settings(max_examples=30, deadline=None)
def test_any_flow_with_any_readings_missing_gives_what_the_formulas_say(
    flow: list[float], missing: set[int]
) -> None:
    time, mass = weigh(flow)
    series = Series.of(time, mass)
    found = second_hour(without(series, *missing))
    hour = mass[FIRST:].tolist()
    lost = {row + side - FIRST for row in missing for side in (-1, 0)}
    wanted = naive.mean_error(hour, 0.5, DENSITY, RATE)
    assert found.mean_error_percent == pytest.approx(wanted, abs=1e-9)
    for result in found.trumpet:
        window = result.window
        oracle = naive.window(hour, lost, 0.5, DENSITY, RATE, window.window_min)
        assert (window.used, window.skipped) == (oracle.used, oracle.skipped)
        if oracle.highest is not None:
            assert window.max_percent == pytest.approx(oracle.highest, abs=1e-9)
            assert window.min_percent == pytest.approx(oracle.lowest, abs=1e-9)
            assert window.max_at is not None
            at = slice(window.max_at, window.max_at + round(2 * window.window_min))
            mean = np.mean(flow[FIRST:][at])
            assert 100 * (mean / RATE - 1) == pytest.approx(oracle.highest, abs=1e-9)


@given(flows, rows)
@settings(max_examples=20, deadline=None)
def test_a_gap_can_only_narrow_a_trumpet(flow: list[float], missing: set[int]) -> None:
    series = Series.of(*weigh(flow))
    whole, holed = second_hour(series), second_hour(without(series, *missing))
    for one, other in zip(whole.trumpet, holed.trumpet, strict=True):
        if other.window.max_percent is None or other.window.min_percent is None:
            continue
        assert one.window.max_percent is not None
        assert one.window.min_percent is not None
        assert one.window.min_percent - 1e-9 <= other.window.min_percent
        assert other.window.max_percent <= one.window.max_percent + 1e-9


@given(flows, st.floats(0.1, 10.0), st.floats(0.5, 1.5))
@settings(max_examples=20, deadline=None)
def test_error_depends_on_the_flow_over_the_rate_alone(
    flow: list[float], scale: float, density: float
) -> None:
    one = second_hour(Series.of(*weigh(flow)))
    scaled = weigh(np.asarray(flow) * scale, density=density)
    other = analyse(Series.of(*scaled), Settings(RATE * scale, liquid=Liquid.given(density)))
    assert one.mean_error_percent == pytest.approx(other.mean_error_percent, abs=1e-6)
    for left, right in zip(one.trumpet, other.trumpet, strict=True):
        assert left.window.max_percent == pytest.approx(right.window.max_percent, abs=1e-6)


@given(st.integers(0, 1 << 32), st.sampled_from([1.0, 5.0, 30.0]))
@example(16597, 1.0)  # a reading 0.4 us beside a sample's time
@settings(max_examples=20, deadline=None)
def test_a_balance_that_does_not_tick_exactly_shows_a_steady_flow_as_steady(seed: int, step: float) -> None:
    ticks = np.arange(0.0, 7200.0 + step, step)
    time = ticks + step * np.random.default_rng(seed).uniform(-0.2, 0.2, len(ticks))
    found = second_hour(Series.of(time, time * RATE * DENSITY / 3600.0))
    assert found.quality.verdict == "complete"
    assert found.mean_error_percent == pytest.approx(0.0, abs=1e-9)
    assert found.trumpet[0].window.max_percent == pytest.approx(0.0, abs=1e-8)
    assert [result.window.skipped for result in found.trumpet] == [0] * 5


def test_between_readings_a_sinusoid_is_read_from_a_line_to_within_the_lines_error() -> None:
    time = np.cumsum(np.random.default_rng(1).uniform(0.5, 1.5, 7300)) - 1.0
    delivered = RATE / 3600.0 * (time - 600 / (2 * np.pi) * 0.1 * (np.cos(2 * np.pi * time / 600) - 1))
    found = second_hour(Series.of(time, delivered * DENSITY))
    wide = {result.window.window_min: result.window.max_percent for result in found.trumpet}
    assert wide[2.0] == pytest.approx(9.3549, abs=1e-3)
    assert wide[5.0] == pytest.approx(6.3662, abs=1e-3)


def test_evaporation_is_added_before_differencing() -> None:
    series = steady()
    lost = Series.of(series.time_s, series.mass_g - 0.010 * series.time_s / 3600.0)
    dry = analyse(lost, Settings(RATE))
    wet = analyse(lost, Settings(RATE, evaporation_mg_h=10.0))
    assert dry.mean_error_percent == pytest.approx(-100 * 0.010 / (RATE * DENSITY), abs=1e-9)
    assert wet.mean_error_percent == pytest.approx(0.0, abs=1e-9)
    assert wet.trumpet[0].window.min_percent == pytest.approx(0.0, abs=1e-9)
    assert wet.startup.flow_ml_h == pytest.approx(RATE)


def test_a_touch_is_flagged_and_not_averaged_away() -> None:
    series = steady()
    row = 140
    touched = Series.of(series.time_s, series.mass_g + 0.5 * (np.arange(241) >= row))
    found = second_hour(touched)
    (jump,) = found.quality.jumps
    assert (jump.from_line, jump.to_line) == (row, row + 1)
    assert jump.surplus_g == pytest.approx(0.5)
    assert found.quality.verdict == "incomplete"
    assert "line 141, column mass_g: the mass jumps by +0.5 g at 4200 s" in found.quality.remarks[0]
    # No window has it, the start-up curve has a hole, and the mean error, which has it, has no uncertainty.
    assert [result.window.max_percent for result in found.trumpet] == pytest.approx([0.0] * 5, abs=1e-9)
    assert [result.window.skipped for result in found.trumpet] == [4, 10, 20, 20, 20]
    assert np.isnan(found.startup.flow_ml_h[row - 1])
    assert found.mean_error_percent == pytest.approx(100 * 0.5 / (RATE * DENSITY))
    assert found.mean_error_expanded_percent is None
    last = found.budget.contributions[-1]
    assert (last.name, last.percent) == ("1 jump of the mass", None)


def test_a_touch_outside_the_analysed_time_is_flagged_and_costs_nothing() -> None:
    series = steady()
    found = second_hour(Series.of(series.time_s, series.mass_g + 0.5 * (np.arange(241) >= 30)))
    assert len(found.quality.jumps) == 1
    assert found.mean_error_percent == pytest.approx(0.0, abs=1e-9)
    assert not any("jump" in line.name for line in found.budget.contributions)


def test_without_the_reading_at_an_end_there_is_no_mean_error() -> None:
    found = second_hour(without(steady(), 120))
    assert found.mean_error_percent is None
    assert found.mean_error_expanded_percent is None
    assert any("the mass at 60 min is not known" in remark for remark in found.quality.remarks)
    assert found.trumpet[0].window.skipped == 1


def test_a_gap_is_a_gap_in_the_start_up_curve_too() -> None:
    found = second_hour(without(steady(), 10, 11))
    curve = found.startup.as_list()
    assert [entry["time_min"] for entry in curve if entry["flow_ml_h"] is None] == [5.0, 5.5, 6.0]
    assert (len(curve), curve[0]) == (240, {"time_min": 0.5, "flow_ml_h": pytest.approx(RATE)})


@pytest.mark.parametrize("shift", [1000.0, 1.8e9])
def test_minutes_count_from_the_first_reading_of_a_series_that_does_not_reach_back_to_0(shift: float) -> None:
    series = steady()
    found = second_hour(Series.of(series.time_s + shift, series.mass_g))
    assert found.mean_error_percent == pytest.approx(0.0, abs=1e-6)
    assert found.quality.origin_s == shift
    assert "minutes count from the first reading" in found.quality.remarks[-1]


def test_minutes_count_from_0_where_the_recording_began_before() -> None:
    series = steady(minutes=130)
    masses = np.interp(series.time_s - 600.0, series.time_s, series.mass_g)  # at rest for ten minutes
    found = second_hour(Series.of(series.time_s - 600.0, masses))
    assert found.quality.origin_s == 0.0
    assert found.mean_error_percent == pytest.approx(0.0, abs=1e-9)


def test_the_ambulatory_preset_is_the_second_day_in_quarters_of_an_hour() -> None:
    settings_ = Settings(0.05, AMBULATORY.interval_s, AMBULATORY.windows_min, AMBULATORY.analyse_min)
    found = analyse(steady(minutes=2880, flow_ml_h=0.051, interval_s=60.0), settings_)
    assert found.mean_error_percent == pytest.approx(2.0, abs=1e-9)
    assert [result.window.used for result in found.trumpet] == [96, 93, 87, 75, 59, 35]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"windows_min": (2.2,)}, "a window of 2.2 min is no whole number of samples of 30 s"),
        ({"windows_min": (61.0,)}, "a window of 61 min is longer than the 60 min analysed"),
        ({"windows_min": (0.0,)}, "a window of 0 min"),
        ({"analyse_min": (60.0, 60.0)}, "must rise"),
        ({"analyse_min": (-1.0, 60.0)}, "from 0 on"),
        ({"analyse_min": (60.0, 180.0)}, "the readings reach from 0 to 120 min"),
        ({"interval_s": 0.0}, "a sample interval of 0 cannot be"),
        ({"interval_s": 10.0, "windows_min": (2.0,)}, "readings come every 30 s, too seldom"),
        ({"rate_ml_h": 0.0}, "a set rate of 0 cannot be"),
        ({"evaporation_mg_h": -1.0}, "an evaporation of -1 mg/h cannot be"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_in_a_sentence(changed: dict[str, object], said: str) -> None:
    wrong = Settings(**({"rate_ml_h": RATE} | changed))  # type: ignore[arg-type]
    with pytest.raises(BadSettingError, match=said):
        analyse(steady(), wrong)


def test_minutes_count_from_the_start_where_it_is_known_although_the_first_reading_came_later() -> None:
    flow = np.where(np.arange(LAST) < FIRST, 4.0, 5.5)
    late = without(Series.of(*weigh(flow)), *range(4))
    known = analyse(late, Settings(RATE, origin_s=0.0))
    assert known.mean_error_percent == pytest.approx(10.0)
    assert [flow != flow for flow in known.startup.flow_ml_h[:5]] == [True] * 4 + [False]
    assert known.startup.time_min[0] == 0.5
