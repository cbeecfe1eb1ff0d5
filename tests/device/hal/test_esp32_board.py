"""The ESP32's board over fakes, in MicroPython: what it is made of ``boards/esp32_devkit.toml``."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support.micropython import DEVICE, SHARED, micropython_command

from pumpbench.boards import firmware_file
from pumpbench.files.board import named

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the board says; its port is standard output, which holds nothing but zeros."""
    folder = tmp_path_factory.mktemp("board")
    (folder / firmware_file.NAME).write_bytes(firmware_file.content(named("esp32_devkit")))
    path = ":".join(str(part) for part in (HERE / "fakes", DEVICE, SHARED)) + ":.frozen"
    done = subprocess.run(
        [micropython_command(), str(HERE / "esp32_board_rig.py")],
        capture_output=True,
        cwd=folder,
        env=os.environ | {"MICROPYPATH": path},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace") + done.stderr.decode()
    return json.loads(done.stderr)  # type: ignore[no-any-return]


def test_it_is_the_board_of_its_file(said: dict[str, Any]) -> None:
    assert said["name"] == "esp32_devkit"
    assert (
        said["capabilities"] == 1 | 2 | 4 | 8 | 16 | 128
    )  # sensors, mark, valve, stop input; shares the REPL's
    assert said["flash"] == 904 * 1024
    assert (said["unique_id"], said["reset_cause"]) == (16, 1)


def test_the_pressure_is_read_by_the_voltage_and_only_at_the_ends_by_the_converter(
    said: dict[str, Any],
) -> None:
    assert [said["pressure"][0], said["pressure"][3]] == [0, 65_535]  # cut off, shorted
    assert [raw * 3300 / 65_535 for raw in said["pressure"][1:3]] == pytest.approx([660, 1571], abs=2)  # mV


def test_the_driver_is_off_after_the_start(said: dict[str, Any]) -> None:
    assert said["driver_at_boot"] == 1


def test_the_stop_input_is_read_by_its_level(said: dict[str, Any]) -> None:
    assert said["stop"] == [False, True]


def test_one_reservoir_is_connected_at_a_time(said: dict[str, Any]) -> None:
    assert said["valve"] == [[0, 0, 1, 0], [1, 0, 0, 0]]


def test_the_lamp_of_a_high_priority_flashes_twice_a_second(said: dict[str, Any]) -> None:
    assert said["lamp"] == ([1] * 10 + [0] * 10) * 2


def test_the_flow_sensor_answers_and_nobody_else_does(said: dict[str, Any]) -> None:
    assert said["frame"] == [True, list(range(9))]
    assert said["nobody"] is False


def test_the_home_mark_counts_when_it_begins(said: dict[str, Any]) -> None:
    assert said["home"] == [1, 0, 2]  # falling: its switch pulls low


def test_the_serial_port_gets_no_more_than_has_gone_out(said: dict[str, Any]) -> None:
    assert said["port"] == [120, 0, 100]
