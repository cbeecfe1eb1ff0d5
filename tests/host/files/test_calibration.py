"""Calibration files, and calibrations read back from a board as files."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.files import calibration, toml
from pumpbench.files.checking import check
from pumpbench.files.errors import FileError
from pumplink.numbers import CALIBRATION_POINTS, MAP_BINS

FILE = "calibration.toml"
GOOD = """\
[calibration]
tube_set = 3
made_at = 2026-11-20T10:00:00Z
expires_at = 2026-11-27T10:00:00Z
who = "kim"

[conditions]
fluid = "water"
temperature = "21.5 °C"

[sensor]
gain = 1.02
zero = "-0.3 uL/min"

[[points]]
speed = "24 rev/day"
stroke_volume = "50.2 uL/rev"

[[points]]
speed = "2 rpm"
stroke_volume = "49 uL"
"""


def parse(text: str) -> calibration.Calibration:
    return check(calibration.Calibration, toml.parse(text.encode(), FILE), FILE)


def test_a_calibration_is_read_in_the_units_of_the_wire() -> None:
    wire = parse(GOOD).wire()
    assert wire["speed_mdeg_s"] == [100, 12_000, 0, 0, 0, 0, 0, 0]
    assert wire["stroke_pl"] == [50_200_000, 49_000_000, 0, 0, 0, 0, 0, 0]
    assert (wire["sensor_gain_ppm"], wire["sensor_zero_nl_h"], wire["map_valid"]) == (1_020_000, -18_000, 0)
    assert wire["expires_at_s"] - wire["made_at_s"] == 7 * 86_400


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tube_set = 3", 'tube_set = "3"', '[calibration] tube_set = "3": is not a whole number'),
        (
            "2026-11-20T10:00:00Z",
            "2026-11-20",
            "is not a date with time and offset, like 2026-11-23T09:30:00Z",
        ),
        ("2026-11-27", "2026-11-20", "is not after made_at"),
        ("gain = 1.02", "gain = 6", "[sensor] gain = 6: is outside 0.2 to 5"),
        ('"2 rpm"', '"1 rev/h"', '[[points]] 2, speed = "1 rev/h": is not above the speed before'),
        ('"49 uL"', '"49 mL/h"', "is a flow rate, but a stroke volume is wanted"),
        (
            "[sensor]",
            "[rotor_map]\nrelative = [1.0]\n[sensor]",
            "[rotor_map] relative: has 1 numbers; 180 or 72 are needed",
        ),
        ("[sensor]", f"[rotor_map]\nrelative = {[0.0] * 72}\n[sensor]", "has a mean below 0.1"),
    ],
)
def test_a_fault_is_named_by_file_key_value_and_what_is_allowed(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(FileError) as caught:
        parse(GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(f"{FILE}: ")
    assert said in str(caught.value)


def test_a_map_in_bins_is_spread_to_the_knots_with_each_value_in_the_middle_of_its_bin() -> None:
    bins = [1000 + 10 * (index % 36) for index in range(72)]
    knots = parse(GOOD + f"[rotor_map]\nrelative = {[value / 1000 for value in bins]}\n").wire()["map_ppm"]
    assert len(knots) == MAP_BINS
    assert knots[5] == bins[1] + 5  # 10 degrees lie between the middles of bins 1 and 2
    assert knots[0] == (bins[71] + bins[0]) // 2
    assert abs(sum(knots) / MAP_BINS - sum(bins) / 72) < 1


@st.composite
def _wire(draw: st.DrawFn) -> dict[str, Any]:
    points = draw(st.integers(1, CALIBRATION_POINTS))
    speeds = sorted(draw(st.sets(st.integers(0, 3_600_000), min_size=points, max_size=points)))
    strokes = draw(st.lists(st.integers(1_000, 1_000_000_000), min_size=points, max_size=points))
    unused = [0] * (CALIBRATION_POINTS - points)
    mapped = draw(st.booleans())
    relative = draw(st.lists(st.integers(100, 10_000), min_size=MAP_BINS, max_size=MAP_BINS))
    made = draw(st.integers(1, 4_000_000_000))
    return {
        "tube_set": draw(st.integers(0, 1000)),
        "made_at_s": made,
        "expires_at_s": draw(st.just(0) | st.integers(made + 1, 4_100_000_000)),
        "sensor_gain_ppm": draw(st.integers(200_000, 5_000_000)),
        "sensor_zero_nl_h": draw(st.integers(-1_000_000, 1_000_000)),
        "points": points,
        "speed_mdeg_s": speeds + unused,
        "stroke_pl": strokes + unused,
        "slip_ppm_kpa": draw(st.integers(0, 65_535)),
        "warming_ppm_c": draw(st.integers(-32_767, 32_767)),
        "lag_ms": draw(st.integers(0, 65_535)),
        "map_valid": int(mapped),
        "map_ppm": relative if mapped else [0] * MAP_BINS,
    }


@given(_wire())
def test_what_a_board_holds_becomes_a_file_that_gives_the_same_again(wire: dict[str, Any]) -> None:
    assert parse(calibration.text(wire)).wire() == wire


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(GOOD, encoding="utf-8")
    assert calibration.load(tmp_path / FILE).calibration.who == "kim"
