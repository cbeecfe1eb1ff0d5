"""What is seen, as text."""

import csv

import numpy as np
from tests.host.gui.test_live import long_stretch

from pumpbench.gui.live import LiveBuffer
from pumpbench.gui.models.plot_export import csv_rows, heading


def table(
    buffer: LiveBuffer, start: float, end: float, most: int, wall: bool = False
) -> list[dict[str, str]]:
    view = buffer.window(start, end, most)
    text = csv_rows(view, start, end, {"set_nl_h", "pressure_pa"}, wall, simulated=True)
    return list(csv.DictReader(text.splitlines()))


def with_a_gap() -> LiveBuffer:
    buffer = LiveBuffer()
    records = long_stretch(1000)
    records["set_nl_h"] = np.arange(1000)
    buffer.on_records(records[(records["counter"] < 300) | (records["counter"] > 350)])
    return buffer


def test_close_up_there_is_a_row_a_record_and_one_a_gap() -> None:
    rows = table(with_a_gap(), 2.9, 3.6, 1000)
    assert [row["set_nl_h"] for row in rows] == [*map(str, range(290, 300)), "", *map(str, range(351, 361))]
    assert [row["board_time_s"] for row in rows if row["gap"] == "true"] == ["3.510000"]
    assert {row["pressure_pa"] for row in rows} == {""}  # the sensor said that it was not valid
    assert {row["simulated"] for row in rows} == {"true"}


def test_from_afar_there_is_a_row_a_bin_with_its_least_and_its_most() -> None:
    rows = table(with_a_gap(), 0.0, 10.0, 20)
    bins = [row for row in rows if row["gap"] == "false"]
    assert sum(row["gap"] == "true" for row in rows) == 1
    assert bins[0]["set_nl_h_least"] == "0"
    assert all(int(row["set_nl_h_least"]) < int(row["set_nl_h_most"]) for row in bins)
    assert bins[-1]["set_nl_h_most"] == "999"


def test_wall_time_is_told_in_utc() -> None:
    buffer = LiveBuffer()
    buffer.on_records(long_stretch(3))
    buffer.mark_clock(1, 0, 1_795_000_000_000_000)
    rows = table(buffer, 1_794_999_999.0, 1_795_000_001.0, 100, wall=True)
    assert rows[1]["time_utc"] == "2026-11-18T11:06:40.010000Z"


def test_a_picture_of_a_simulated_pump_says_so_first() -> None:
    assert heading("run", 0.0, 60.0, wall=False, simulated=True).startswith("SIMULATED · run, 00:00:00")
    assert "SIMULATED" not in heading("run", 0.0, 60.0, wall=False, simulated=False)
