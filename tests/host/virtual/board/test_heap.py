"""Firmware and model together in 160 kB, counted in a chip's words: twice as many bytes where a word has 64
bits. The firmware is compacted and compiled, as a chip gets it."""

from pathlib import Path

import numpy as np
import pytest
from tests.support import small_firmware

from pumpbench.client import Client, Gap, Program, Records, Segment, Staged, connect
from pumpbench.virtual.board import VirtualBoard

HEAP = "160wk"
SECOND = 1_000_000
HOUR = 3600 * SECOND


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_firmware.make(tmp_path_factory.mktemp("small"))


def start(pump: Client, seconds: int) -> Staged:
    pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
    program = Program("steady", (Segment("constant", 0, rate_nl_h=50_000, duration_s=seconds),))
    staged = pump.stage(program)
    pump.commit(staged.digest)
    pump.start(staged.digest)
    return staged


def test_an_hour_is_run_in_160_kb_and_what_an_absent_host_missed_is_fetched(firmware: Path) -> None:
    arrays: list[Records] = []
    gaps: list[Gap] = []
    with VirtualBoard(
        speed="max", seed=3, interpreter="micropython", heapsize=HEAP, firmware=firmware
    ) as board:
        with connect(board.port, manual=True, on_records=arrays.append) as pump:
            staged = start(pump, 3600)
            board.advance(HOUR - 55 * SECOND)
            pump.barrier()
        board.advance(50 * SECOND)
        last = int(arrays[-1]["boot"][-1]), int(arrays[-1]["counter"][-1])
        with connect(
            board.port, manual=True, have=last, on_records=arrays.append, on_gap=gaps.append
        ) as pump:
            for _ in range(10):
                board.advance(SECOND)
                pump.barrier()
            status = pump.status()
        heap = board.control.heap()
    assert status.state == "finished"
    assert abs(status.delivered_nl - staged.volume_nl) < 100
    counters = np.sort(np.concatenate(arrays)["counter"])
    assert np.array_equal(counters, np.arange(counters[0], counters[-1] + 1))
    assert len(counters) > 36_000
    assert not gaps
    assert 0 < (heap["model"] or 0) < (heap["used"] or 0)


def test_a_day_takes_no_more_heap_than_its_first_hour(firmware: Path) -> None:
    used = []
    seldom = {"tick_hz": 10, "permit_us": 250_000}  # so that a day is soon over: memory is used as ever
    with (
        VirtualBoard(
            speed="max", seed=3, interpreter="micropython", heapsize=HEAP, firmware=firmware, board=seldom
        ) as board,
        connect(board.port, manual=True) as pump,
    ):
        pump.set_telemetry_rate(1)
        start(pump, 86_400)
        for _ in range(25):
            board.advance(HOUR)
            pump.barrier()
            used.append(board.control.heap()["used"] or 0)
        assert pump.status().state == "finished"
    # The least of several looks: what a single one finds is a few objects more or less.
    assert min(used[-6:]) < min(used[:6]) + 500


def test_a_board_boots_again_and_again_in_the_memory_of_its_first_boots() -> None:
    """The machine code of one boot alone is more than 16 kB."""
    used = []
    with VirtualBoard(speed="max", interpreter="micropython") as board:
        for _ in range(60):
            assert board.advance(100_000)["reason"] == "time"
            used.append(board.control.heap()["used"] or 0)
            board.control.power_cut()
        with connect(board.port, manual=True) as pump:
            assert (pump.status().state, pump.info.boot_count) == ("stopped", 61)
    assert min(used[50:]) < min(used[5:15]) + 16_000
