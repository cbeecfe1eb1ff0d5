"""The table of keys: complete, consistent, and every key with a test of its own."""

import re
from pathlib import Path

import pytest

from pumpbench.virtual.plant import defaults
from pumpbench.virtual.plant.plant import Plant

TESTS = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
# the names that stand in the blueprint; a plant file may count on them
PROMISED = {
    "pump": "stroke_volume_ul_per_rev rollers pulsation_depth pulsation_width_deg roller_depths "
    "initial_angle_deg steps_per_rev microsteps backlash_steps ageing_percent_per_hour "
    "temperature_percent_per_c slip_percent_per_kpa stall_kpa",
    "home": "present angle_deg jitter_deg",
    "line": "compliance_ul_per_kpa resistance_kpa_per_ul_min dead_volume_ul back_pressure_kpa",
    "reservoir": "contents_ml selector_dead_volume_ul",
    "sensor": "gain_error_percent offset_ul_per_min noise_ul_per_min range_ul_per_min response_ms rate_hz",
    "pressure": "noise_kpa offset_kpa",
    "balance": "resolution_mg noise_mg drift_mg_per_hour evaporation_mg_per_hour gain_error_ppm response_ms "
    "protocol",
    "fluid": "density_g_per_ml temperature_c siphon_head_m",
    "clock": "error_ppm",
    "source": "kind rate_ml_per_day",
    "random": "seed",
}


@pytest.mark.parametrize("entry", defaults.KEYS, ids=lambda entry: f"{entry[0]}.{entry[1]}")
def test_every_default_is_within_its_range_and_every_key_is_tested(entry: tuple[object, ...]) -> None:
    _, key, kind, default, low, high, _, meaning = entry
    if kind == defaults.CHOICE:
        assert default in low  # type: ignore[operator]
    elif kind not in (defaults.BOOLEAN, defaults.NUMBERS):
        assert low <= default <= high  # type: ignore[operator]
    assert meaning
    assert re.search(rf'"{key}":|\b{key}=', TESTS)


@pytest.mark.parametrize("entry", defaults.FAULT_KINDS, ids=lambda entry: entry[0])
def test_every_kind_of_fault_has_a_default_in_its_range_and_a_test(entry: tuple[object, ...]) -> None:
    kind, default, low, high, _, meaning = entry
    assert low <= default <= high  # type: ignore[operator]
    assert meaning
    assert f'fault("{kind}"' in TESTS or f'"{kind}"' in TESTS


def test_all_promised_keys_are_there() -> None:
    found = {(section, key) for section, key, *_ in defaults.KEYS}
    assert found >= {(section, key) for section, keys in PROMISED.items() for key in keys.split()}


def test_a_file_is_completed_and_what_it_gives_is_kept() -> None:
    whole = defaults.complete({"pump": {"rollers": 6}, "faults": [{"kind": "leak", "at_s": 5.0}]})
    assert whole["pump"]["rollers"] == 6
    assert whole["pump"]["stroke_volume_ul_per_rev"] == 50.0
    assert whole["faults"] == [{"kind": "leak", "at_s": 5.0, "duration_s": None, "value": 0.1}]
    Plant(whole)


def test_a_constant_flow_source_is_tried_at_37_degrees_unless_told_otherwise() -> None:
    assert defaults.complete({"source": {"kind": "constant-flow"}})["fluid"]["temperature_c"] == 37.0
    told = {"source": {"kind": "constant-flow"}, "fluid": {"temperature_c": 22.0}}
    assert defaults.complete(told)["fluid"]["temperature_c"] == 22.0
