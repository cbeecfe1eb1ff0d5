"""The client against the real firmware on the virtual board."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pumpbench.client import Event, Gap, Program, Records, Refusal, Segment, connect, frozen
from pumpbench.files import plant
from pumpbench.virtual.board import VirtualBoard

SECOND_US = 1_000_000
SHORT = Program("short", (Segment("constant", 0, rate_nl_h=20_000_000, duration_s=20),))


def until(condition: Callable[[], bool], what: str) -> None:
    patience = time.monotonic() + 60.0
    while not condition():
        assert time.monotonic() < patience, f"still waiting until {what}"
        time.sleep(0.01)


class Seen:
    def __init__(self) -> None:
        self.arrays: list[Records] = []
        self.events: list[Event] = []
        self.gaps: list[Gap] = []

    @property
    def records(self) -> Records:
        return np.concatenate(self.arrays)

    def assert_whole(self) -> None:
        """Every record from the first to the last one is there once."""
        counters = np.sort(self.records["counter"])
        assert np.array_equal(counters, np.arange(counters[0], counters[0] + len(counters)))
        assert self.gaps == []
        numbers = [event.number for event in self.events]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def full_speed_run(fault: dict[str, Any] | None = None) -> Seen:
    """A short program at full speed; what came of it."""
    seen = Seen()
    with VirtualBoard(speed="max", seed=7) as board:
        if fault:
            board.control.ask({"fault": fault})
        with connect(
            board.port,
            manual=True,
            on_records=seen.arrays.append,
            on_event=seen.events.append,
            on_gap=seen.gaps.append,
        ) as pump:
            pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
            pump.set_telemetry_rate(100)
            staged = pump.stage(SHORT)
            pump.commit(staged.digest)
            pump.start(staged.digest)
            for _ in range(6):
                board.advance(5 * SECOND_US)
                pump.barrier()
            assert pump.status().state == "finished"
    return seen


def test_two_runs_with_one_seed_give_the_same_bytes() -> None:
    first, second = full_speed_run(), full_speed_run()
    assert len(first.records) >= 3000
    first.assert_whole()
    assert first.records.tobytes() == second.records.tobytes()
    assert first.events == second.events


def test_a_program_is_staged_read_back_started_and_stopped() -> None:
    with connect("virtual", seed=1) as pump:
        assert pump.info.simulated
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000, drug="water")
        assert pump.reservoir(0).drug == "water"
        staged = pump.stage(SHORT)
        assert staged.program == SHORT
        assert staged.volume_nl == pytest.approx(20_000_000 * 20 / 3600, abs=2)
        with pytest.raises(Refusal):
            pump.commit(bytes(8))
        pump.commit(staged.digest)
        pump.start(staged.digest)
        assert pump.wait_for("running", timeout_s=60.0) == "running"
        with pytest.raises(Refusal, match="running"):
            pump.start(staged.digest)
        assert frozen.stop(pump.port).state == "stopped"
        assert pump.status().state == "stopped"


@pytest.mark.parametrize("at_us", [3_000_000, 3_004_900, 3_007_300])
def test_a_run_paused_between_two_ticks_goes_on(at_us: int) -> None:
    with VirtualBoard(speed="max", seed=7) as board, connect(board.port, manual=True) as pump:
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        staged = pump.stage(SHORT)
        pump.commit(staged.digest)
        pump.start(staged.digest)
        board.advance(at_us)
        pump.pause()
        board.advance(SECOND_US)
        assert pump.status().state == "paused"
        pump.start(staged.digest, resume=True)
        board.advance(18 * SECOND_US)
        status = pump.status()
        assert status.state == "finished"
        assert status.delivered_nl == pytest.approx(111_111, abs=20)


def test_leaving_the_block_stops_an_attended_run() -> None:
    with VirtualBoard(seed=1) as board:
        with connect(board.port) as pump:
            pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
            staged = pump.stage(Program("attended", SHORT.segments, mode="attended", on_link_lost="stop"))
            pump.commit(staged.digest)
            pump.start(staged.digest)
            pump.wait_for("running", timeout_s=60.0)
        assert frozen.status(board.port).state == "stopped"


def test_nothing_is_lost_or_doubled_on_a_line_that_flips_bits() -> None:
    seen = Seen()
    with (
        VirtualBoard(seed=3) as board,
        connect(
            board.port, on_records=seen.arrays.append, on_event=seen.events.append, on_gap=seen.gaps.append
        ) as pump,
    ):
        pump.set_telemetry_rate(100)
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        board.control.fault("bit-errors", duration_s=3, value=1e-4)
        over_us = board.control.truth()["now_us"] + 3.1 * SECOND_US
        boluses = 0
        for _ in range(5):
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000_000)
            boluses += 1
            pump.wait_for("stopped", "finished", timeout_s=60.0)
        until(lambda: board.control.truth()["now_us"] > over_us, "the line is whole again")
        pump.barrier()
        health = pump.link_health()
        assert health.host_bad_frames + health.bad_frames > 0
    seen.assert_whole()
    assert [event.name for event in seen.events].count("bolus-started") == boluses


def test_an_unplugged_board_comes_back_with_all_its_records() -> None:
    seen = Seen()
    states: list[str] = []
    with (
        VirtualBoard(seed=3) as board,
        connect(
            board.port,
            on_records=seen.arrays.append,
            on_event=seen.events.append,
            on_gap=seen.gaps.append,
            on_state=states.append,
        ) as pump,
    ):
        until(lambda: bool(seen.arrays), "records come")
        board.control.ask({"fault": {"kind": "unplug", "duration_s": 2}})
        until(lambda: states == ["connected", "lost", "connected"], "it is back")
        assert pump.status().state == "stopped"
        pump.barrier()
    seen.assert_whole()


def test_stop_reaches_a_pump_whose_port_is_busy_with_a_slow_callback() -> None:
    go_on = threading.Event()
    with connect("virtual", seed=1, on_records=lambda records: go_on.wait()) as pump:
        pump.set_telemetry_rate(100)
        time.sleep(0.5)
        assert pump.stop().state == "stopped"
        go_on.set()


def test_a_power_cut_is_a_new_boot_and_the_run_is_told_as_interrupted() -> None:
    seen = Seen()
    with (
        VirtualBoard(seed=3) as board,
        connect(
            board.port, on_records=seen.arrays.append, on_event=seen.events.append, on_gap=seen.gaps.append
        ) as pump,
    ):
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        staged = pump.stage(SHORT)
        pump.commit(staged.digest)
        pump.start(staged.digest)
        pump.wait_for("running", timeout_s=60.0)
        until(lambda: bool(seen.arrays), "records come")
        board.control.power_cut()
        until(lambda: pump.info.boot_count == 2, "it has booted again")
        until(lambda: pump.status().state == "interrupted", "the run is interrupted")
        until(lambda: int(seen.arrays[-1]["boot"][-1]) == 2, "records of the new boot come")
        pump.barrier()
        assert pump.stop().state == "stopped"
    for boot in (1, 2):
        counters = np.sort(seen.records["counter"][seen.records["boot"] == boot])
        assert np.array_equal(counters, np.arange(counters[0], counters[0] + len(counters)))
    numbers = [event.number for event in seen.events]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "interrupted" in [event.name for event in seen.events]


def test_what_a_killed_program_had_not_stored_is_fetched_by_the_next_one() -> None:
    seen = Seen()
    with VirtualBoard(seed=3) as board:
        with connect(board.port, on_records=seen.arrays.append) as pump:
            pump.barrier()
            until(lambda: bool(seen.arrays), "records come")
        last = (1, int(seen.records["counter"].max()))
        time.sleep(1.5)
        with connect(board.port, have=last, on_records=seen.arrays.append, on_gap=seen.gaps.append) as pump:
            until(lambda: len(seen.records) > last[1] + 15, "it goes on")
            pump.barrier()
    counters = np.sort(seen.records["counter"])
    assert np.array_equal(counters, np.arange(counters[0], counters[0] + len(counters)))
    assert seen.gaps == []


def test_the_one_minute_summaries_come_whole() -> None:
    with VirtualBoard(speed="max", seed=7) as board, connect(board.port, manual=True) as pump:
        board.advance((20 * 60 + 1) * SECOND_US)  # a minute is summed up in the ticks after its end
        found = pump.summaries()
        assert len(found) == 20
        assert np.all(np.diff(found["number"]) == 1)
        assert len(pump.summaries(first=int(found["number"][15]))) == 5


@pytest.mark.parametrize("per_rev", plant.MICROSTEPS)
def test_the_coarsest_and_the_finest_motor_of_a_plant_file_suit_the_firmware(per_rev: int) -> None:
    tables = {"pump": {"steps_per_rev": per_rev // 16, "microsteps": 16}}
    with VirtualBoard(plant=plant.parse(tables, "test")) as board, connect(board.port) as pump:
        assert pump.limits().steps_per_rev == per_rev
