"""The ESP32's step generator over fakes that keep the documented limits of RMT and PCNT, in MicroPython."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.micropython import DEVICE, SHARED, run_micropython

HERE = Path(__file__).parent
NS_A_TICK = 12.5
JITTER_NS = 41_000  # a tick comes up to 40 us late in these cases


def run(case: str, *numbers: int) -> dict[str, Any]:
    """What the rig says of a case."""
    path = (HERE / "fakes", DEVICE, SHARED)
    done = run_micropython(HERE / "esp32_rig.py", case, *map(str, numbers), path=path, heapsize="64M")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("us", [10, 37, 250, 1000, 20_000])
def test_a_steady_rate_is_kept_across_bursts_and_every_edge_counted(us: int) -> None:
    said = run("steady", us)
    assert said["made"] == said["edges"]
    assert abs(said["mean_ns"] - us * 1000) < us * 1000 * 0.006
    assert said["least"] >= us * 1000 - JITTER_NS - NS_A_TICK
    assert said["most"] <= us * 1000 + JITTER_NS + NS_A_TICK
    assert said["waited_ns"] <= 200 * JITTER_NS


@pytest.mark.parametrize("count", [1, 7, 90])
def test_no_more_steps_than_permitted_and_none_when_the_processor_hangs(count: int) -> None:
    said = run("permitted", count)
    assert said["hung"] == min(count, said["hung"])
    assert said["made"] == said["edges"] == count


def test_a_change_in_a_ten_minute_wait_acts_at_once_and_keeps_the_phase() -> None:
    said = run("long_wait")
    left = 1 - said["elapsed_s"] / 600
    assert abs(said["after_s"] - left) < 0.001


def test_a_hold_keeps_what_is_left_of_the_wait() -> None:
    assert abs(run("held")["after_s"] - 0.58) < 0.001  # 0.42 s of the second had gone


def test_no_step_is_lost_or_doubled_over_random_changes() -> None:
    said = run("random_changes", 3000)
    assert said["made"] == said["edges"] > 1000
    assert said["least"] >= 2 * 1900


def test_steps_are_not_counted_while_the_stop_input_is_pulled() -> None:
    said = run("stopped")
    assert said["after"] == said["before"] < said["edges"]


def test_a_cut_ends_the_burst_and_switches_the_driver_off() -> None:
    said = run("cut")
    assert said["late"] == 0
    assert said["driver"] == 1
    assert 15 <= said["edges"] <= 21


def test_the_direction_changes_with_no_step_near() -> None:
    said = run("turned_round")
    assert said["level"] == 0
    assert said["quiet_ns"] >= 650
