"""Quantities as people type them."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.units import (
    CONCENTRATION,
    DOSE,
    DURATION,
    FREQUENCY,
    KINDS,
    MASS,
    PRESSURE,
    RATE,
    TEMPERATURE,
    VOLUME,
    WEIGHT_DOSE,
    Kind,
    UnitError,
    format_clock,
)


@pytest.mark.parametrize(
    ("kind", "text", "base"),
    [
        (RATE, "1.2 mL/day", 50_000),
        (RATE, "1.2 ml/d", 50_000),
        (RATE, "50 uL/h", 50_000),
        (RATE, "50 µL/h", 50_000),  # the micro sign
        (RATE, "50 μL/h", 50_000),  # the Greek letter
        (RATE, "1.2 mL per day", 50_000),
        (RATE, "17 mL/min", 1_020_000_000),
        (RATE, "0.05 mL/day", 2_083),
        (VOLUME, "30 mL", 30_000_000),
        (VOLUME, " 30mL ", 30_000_000),
        (VOLUME, "3e-2 L", 30_000_000),
        (VOLUME, ".5 uL", 500),
        (DURATION, "2h30m", 9_000),
        (DURATION, "2 h 30 min", 9_000),
        (DURATION, "14 days", 1_209_600),
        (DURATION, "1d12h", 129_600),
        (DURATION, "90 s", 90),
        (DURATION, "1.5 min", 90),
        (CONCENTRATION, "6.46 mg/mL", 6_460_000),
        (CONCENTRATION, "5 g/L", 5_000_000),
        (PRESSURE, "40 kPa", 40_000),
        (PRESSURE, "300 mmHg", 39_997),
        (TEMPERATURE, "20 °C", 20_000),
        (TEMPERATURE, "-5 C", -5_000),
        (TEMPERATURE, "293.15 K", 20_000),
        (FREQUENCY, "1 kHz", 1_000),
        (MASS, "70 kg", 70_000_000_000),
        (DOSE, "8.4 mg/day", 8_400_000),
        (DOSE, "0.35 mg/h", 8_400_000),
        (WEIGHT_DOSE, "0.12 mg/kg/day", 120_000),
        (WEIGHT_DOSE, "5 ug/kg/h", 120_000),
    ],
)
def test_what_people_type_becomes_base_units(kind: Kind, text: str, base: int) -> None:
    assert kind.parse(text) == base


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (RATE, "10", 'has no unit; write it like "1.2 mL/day"'),
        (RATE, "1,2 mL/h", "has a comma; write a decimal point"),
        (RATE, "1,000 uL/h", "has a comma"),
        (RATE, "-1 mL/h", "is negative; a flow rate is 0 or more"),
        (RATE, "nan mL/h", "is not a finite number"),
        (RATE, "-inf mL/h", "is not a finite number"),
        (RATE, "1 furlong", 'has the unknown unit "furlong"; a flow rate is in mL/day, mL/h'),
        (RATE, "1 mL", "is a volume, but a flow rate is wanted"),
        (VOLUME, "1 mL/h", "is a flow rate, but a volume is wanted"),
        (VOLUME, "0.5 nL", "is too fine: it is held in whole nL"),
        (VOLUME, "1e99 mL", "has an exponent beyond 30"),
        (VOLUME, "1.2.3 mL", "has the unknown unit"),
        (VOLUME, "٣ mL", "does not start with a number"),
        (VOLUME, "mL", "does not start with a number"),
        (VOLUME, "", "is empty"),
        (VOLUME, "9" * 70 + " mL", "is longer than 60 characters"),
        (DURATION, "30m2h", "write larger units first"),
        (DURATION, "2h-30m", "write larger units first"),
        (DURATION, "2h2h", "write larger units first"),
        (DURATION, "2h30", "has no unit"),
        (DURATION, "1:30", "has the unknown unit"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong_and_what_is_allowed(
    kind: Kind, text: str, said: str
) -> None:
    with pytest.raises(UnitError) as caught:
        kind.parse(text)
    assert said in str(caught.value)


@given(st.sampled_from(KINDS), st.data())
def test_a_whole_number_of_the_base_unit_is_exact(kind: Kind, data: st.DataObject) -> None:
    unit, (factor, offset) = data.draw(st.sampled_from([(u, f) for u, f in kind.units.items() if f[0] >= 1]))
    if factor.denominator != 1:
        return
    number = data.draw(st.integers(1, 10**9))
    assert kind.parse(f"{number} {unit}") == number * factor + offset


@given(st.sampled_from(KINDS), st.data())
def test_rounding_never_changes_a_value_by_more_than_a_thousandth(kind: Kind, data: st.DataObject) -> None:
    unit, (factor, offset) = data.draw(st.sampled_from(list(kind.units.items())))
    number = data.draw(st.decimals(min_value=0, max_value=10**6, places=6, allow_nan=False))
    exact = Fraction(number) * factor + offset
    try:
        base = kind.parse(f"{number:f} {unit}")
    except UnitError:
        assert exact < 0 or abs(round(exact) - exact) > abs(exact) / 1000
    else:
        assert abs(base - exact) <= min(Fraction(1, 2), abs(exact) / 1000)


@given(st.sampled_from(KINDS), st.integers(0, 10**9))
def test_what_is_shown_can_be_typed_again_to_a_thousandth(kind: Kind, base: int) -> None:
    assert abs(kind.parse(kind.format(base)) - base) <= max(1, base // 1000)


@given(st.sampled_from(KINDS), st.text(max_size=80))
def test_no_text_does_anything_but_parse_or_be_refused(kind: Kind, text: str) -> None:
    with contextlib.suppress(UnitError):
        kind.parse(text)


@pytest.mark.parametrize(
    ("kind", "base", "shown"),
    [
        (RATE, 50_000, "1.2 mL/day"),
        (RATE, 1_000_000, "1 mL/h"),
        (RATE, 0, "0 nL/h"),
        (VOLUME, 16_799_990, "16.8 mL"),
        (VOLUME, 5_000, "5 µL"),
        (VOLUME, 1_000_000_000, "1000 mL"),
        (DURATION, 1_209_600, "14 days"),
        (PRESSURE, -1_500, "-1.5 kPa"),
    ],
)
def test_values_are_shown_in_a_unit_that_reads_well(kind: Kind, base: int, shown: str) -> None:
    assert kind.format(base) == shown


def test_a_clock_shows_days_only_when_there_are_any() -> None:
    assert [format_clock(s) for s in (65, 3665, 90_061)] == ["01:05", "01:01:05", "1 d 01:01:01"]
