"""A desk: connected to the real firmware on a virtual board, everything recorded into a real database."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.host.conduct.conftest import constant, program

from pumpbench.client import ClientError, Event, Gap, Records, Refusal, State, connect
from pumpbench.conduct.desk import Desk, Place
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.files import program as program_file
from pumpbench.files import toml
from pumpbench.store import Store
from pumpbench.store.errors import StoreError
from pumpbench.virtual.board import VirtualBoard

SPEED = 20.0
SLOWLY = 4.0  # the board keeps a minute of records: within that the next desk has to come


class Onlooker:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.records = 0
        self.events: list[Event] = []
        self.states: list[State] = []

    def on_records(self, records: Records) -> None:
        self.records += len(records)

    def on_event(self, event: Event) -> None:
        self.events.append(event)

    def on_gap(self, gap: Gap) -> None:
        raise AssertionError(gap)

    def on_state(self, state: State) -> None:
        self.states.append(state)


@contextmanager
def desk_at(port: str, db: Path, **options: Any) -> Iterator[tuple[Desk, Store]]:
    with Store(db) as store:
        desk = Desk.open(Place(port, speed=SPEED), store, Onlooker(), **options)
        try:
            yield desk, store
        finally:
            desk.close()


def look_until(desk: Desk, is_it: Callable[[Snapshot], bool], patience_s: float = 60.0) -> Snapshot:
    until = time.monotonic() + patience_s
    while not is_it(now := desk.look()):
        assert time.monotonic() < until, now
        time.sleep(0.05)
    return now


def start(desk: Desk, text: str) -> int:
    wanted = program_file.parse(toml.parse(text.encode(), "p.toml"), "p.toml")
    staged = desk.stage(wanted)
    desk.client.commit(staged.digest)
    return desk.start(wanted, text, staged.digest)


@pytest.fixture
def board() -> Iterator[VirtualBoard]:
    with VirtualBoard(speed=SPEED) as running:
        yield running


@pytest.fixture
def slow_board() -> Iterator[VirtualBoard]:
    """For tests in which nobody records for a while."""
    with VirtualBoard(speed=SLOWLY) as running:
        yield running


def test_a_program_is_a_run_of_its_own_between_two_watches(board: VirtualBoard, tmp_path: Path) -> None:
    with desk_at(board.port, tmp_path / "lab.sqlite") as (desk, store):
        first = desk.look()
        assert first.run is not None
        assert first.run.watch
        run_id = start(desk, program(constant("10 mL/h", "180 s")))
        running = look_until(desk, lambda now: now.status.state == "running")
        assert running.run is not None
        assert (running.run.id, running.run.watch, running.run.requested_nl) == (run_id, False, 500_000)
        after = look_until(desk, lambda now: now.run is not None and now.run.id != run_id)
        assert after.run is not None
        assert after.run.watch
        told = store.run(run_id)
        assert (told.status, told.summary and told.summary["state"]) == ("finished", "finished")
        assert abs(int(store.records(run_id)["counted_nl"][-1]) - 500_000) < 20
        names = [event.name for event in store.events(run_id)]
        assert names.count("run-started") == 1
        assert names.count("run-finished") == 1
    with Store(tmp_path / "lab.sqlite") as store:
        assert [run.status for run in store.runs()] == ["finished"] * 3
        assert not any(store.gaps(run.id) for run in store.runs())
        counters = np.concatenate([store.records(run.id)["counter"] for run in reversed(store.runs())])
        assert set(np.diff(counters.astype(np.int64))) == {1}  # every record in exactly one run


def test_a_run_left_open_is_gone_on_with_at_the_next_desk(slow_board: VirtualBoard, tmp_path: Path) -> None:
    db = tmp_path / "lab.sqlite"
    with desk_at(slow_board.port, db) as (desk, _):
        run_id = start(desk, program(constant("10 mL/h", "60 s")))
        look_until(desk, lambda now: now.run is not None and now.run.records > 20)
    with Store(db) as store:
        assert store.run(run_id).status == "interrupted"
    with desk_at(slow_board.port, db) as (desk, store):
        now = desk.look()
        assert now.run is not None
        assert now.run.id == run_id
        look_until(desk, lambda now: now.run is not None and now.run.id != run_id)
        assert store.run(run_id).status == "finished"
        assert store.gaps(run_id) == []


def test_a_desk_can_be_left_while_the_disk_is_full_and_what_the_board_keeps_comes_later(
    slow_board: VirtualBoard, tmp_path: Path
) -> None:
    db = tmp_path / "lab.sqlite"
    with Store(db) as store:
        desk = Desk.open(Place(slow_board.port, speed=SPEED), store, Onlooker())
        run_id = start(desk, program(constant("10 mL/h", "60 s")))
        look_until(desk, lambda now: now.run is not None and now.run.records > 20)
        (pages,) = store._database.row("PRAGMA page_count") or (0,)
        store._database.write(f"PRAGMA max_page_count = {pages}")
        desk.client.pause()
        assert "disk is full" in str(look_until(desk, lambda now: now.problem is not None).problem)
        with pytest.raises((ClientError, StoreError)):
            desk.close()
    with desk_at(slow_board.port, db) as (desk, store):
        desk.resume()
        look_until(desk, lambda now: now.run is not None and now.run.id != run_id)
        assert store.run(run_id).status == "finished"
        assert store.gaps(run_id) == []
        names = [event.name for event in store.events(run_id)]
        assert [names.count(name) for name in ("run-started", "run-paused", "run-finished")] == [1, 1, 1]


def test_a_pump_that_somebody_else_commands_is_looked_at_and_can_be_stopped(tmp_path: Path) -> None:
    # Paced as the wall: after ten seconds of silence, by its own time, a board gives the command away.
    with VirtualBoard(speed=1) as board, connect(board.port) as other:
        other.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        other.bolus(0, volume_nl=1_000_000, rate_nl_h=20_000_000)
        with desk_at(board.port, tmp_path / "lab.sqlite") as (desk, store):
            now = desk.look()
            assert (now.commands, now.run, now.status.state) == (False, None, "bolus")
            assert desk.stop().state == "stopped"
            assert store.runs() == []


def test_command_can_be_taken_over(board: VirtualBoard, tmp_path: Path) -> None:
    with connect(board.port), desk_at(board.port, tmp_path / "lab.sqlite", role="take-over") as (desk, _):
        assert desk.look().commands


def test_a_program_that_the_pump_refuses_is_closed_with_the_reason(
    board: VirtualBoard, tmp_path: Path
) -> None:
    text = program(constant("10 mL/h", "60 s"))
    with desk_at(board.port, tmp_path / "lab.sqlite") as (desk, store):
        wanted = program_file.parse(toml.parse(text.encode(), "p.toml"), "p.toml")
        with pytest.raises(Refusal) as refusal:
            desk.start(wanted, text, bytes(8))
        closed = store.runs(status="closed")
        assert [run.name for run in closed] == ["trial"]
        assert str(refusal.value) in str(closed[0].summary)
        now = desk.look()
        assert now.run is not None
        assert now.run.watch


def test_no_look_that_is_later_than_a_move_shows_the_pump_as_it_was_before(
    board: VirtualBoard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_at(board.port, tmp_path / "lab.sqlite") as (desk, _):
        desk.client.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        move = desk.client.move

        def held_up(kind: str, **asked: int) -> None:
            time.sleep(0.3)
            move(kind, **asked)

        monkeypatch.setattr(desk.client, "move", held_up)
        with ThreadPoolExecutor(1) as hand:
            moving = hand.submit(desk.move, "jog", reservoir=0, volume_nl=10_000_000, rate_nl_h=20_000_000)
            seen = [desk.look()]
            while not moving.done() or seen[-1].status.time_us <= moving.result():
                seen.append(desk.look())
        later = {now.status.state for now in seen if now.status.time_us > moving.result()}
        assert later == {"moving"}


def test_stop_goes_through_while_others_wait_for_the_desk(board: VirtualBoard, tmp_path: Path) -> None:
    with desk_at(board.port, tmp_path / "lab.sqlite") as (desk, _):
        start(desk, program(constant("10 mL/h", "3000 s")))
        enough = threading.Event()

        def look_on() -> None:
            while not enough.is_set():
                desk.look()

        busy = [threading.Thread(target=look_on) for _ in range(3)]
        for thread in busy:
            thread.start()
        assert desk.stop().state == "stopped"
        enough.set()
        for thread in busy:
            thread.join()
        look_until(desk, lambda now: now.run is not None and now.run.watch)
