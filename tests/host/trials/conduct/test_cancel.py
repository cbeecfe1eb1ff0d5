"""A trial that is ended from another thread: the pump stands, and all that was recorded is kept."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.host.trials.conduct.test_run import DELIVER, ZERO, job, protocol

from pumpbench.client import connect
from pumpbench.conduct.cancel import Cancel, Cancelled
from pumpbench.trials.conduct import Progress, TrialJob, run_trial
from pumpbench.trials.conduct.errors import BadFolder
from pumpbench.virtual.board import VirtualBoard


class Looking:
    """Asks for the end, from another thread, at the reading of a number."""

    def __init__(self, cancel: Cancel, at: int) -> None:
        self._cancel = cancel
        self._left = at

    def __call__(self, now: Progress) -> None:
        self._left -= 1
        if self._left == 0:
            another = threading.Thread(target=self._cancel.request)
            another.start()
            another.join()


def assert_ended_early(result: dict[str, Any], out: Path) -> None:
    assert result["verdict"] == "inconclusive"
    assert any("ended before it was over: it was cancelled" in said for said in result["deviations"])
    assert result["readings"]["count"] > 0
    assert result["ended"] is not None
    assert (out / "result.json").exists()


def test_a_trial_on_a_thread_of_its_own_ends_at_once_and_is_reported(tmp_path: Path) -> None:
    cancel, looked, asked = Cancel(), threading.Event(), threading.Event()
    readings: list[float | None] = []

    def on_progress(now: Progress) -> None:
        readings.append(now.mass_g)
        if len(readings) == 30:
            looked.set()
            asked.wait()

    wanted = job(tmp_path, protocol(tmp_path), report=True, cancel=cancel, on_progress=on_progress)
    with ThreadPoolExecutor(1) as worker:
        trial = worker.submit(run_trial, wanted)
        looked.wait()
        cancel.request()
        asked.set()
        result = trial.result()
    assert_ended_early(result, tmp_path / "out")
    assert result["readings"]["last_s"] < 200
    assert Path(result["report_pdf"]).read_bytes().startswith(b"%PDF")
    with pytest.raises(BadFolder, match="has ended"):
        run_trial(job(tmp_path, tmp_path / "trial.toml"))


def test_the_pump_of_a_board_that_stays_is_stopped(tmp_path: Path) -> None:
    cancel = Cancel()
    with VirtualBoard(speed=20, seed=3) as board:
        wanted = TrialJob(
            protocol(tmp_path, ZERO, DELIVER),
            tmp_path / "out",
            port=board.port,
            balance=board.balance_port,
            db=tmp_path / "lab.sqlite",
            report=False,
            cancel=cancel,
            on_progress=Looking(cancel, at=10),
        )
        result = run_trial(wanted)
        with connect(board.port, role="observe") as somebody:
            assert somebody.status().state == "stopped"
    assert_ended_early(result, tmp_path / "out")
    assert result["recording"]["quality"]["missing_records"] == 0


def test_an_answer_that_a_person_never_gives_does_not_begin_the_step(tmp_path: Path) -> None:
    cancel = Cancel()
    asked: list[str] = []

    def ask(sentence: str) -> None:
        asked.append(sentence)
        cancel.request()  # the window was closed over the question

    occlusion = '[[steps]]\nkind = "occlusion"\n'
    with VirtualBoard(speed=20, seed=3) as board:
        wanted = TrialJob(
            protocol(tmp_path, occlusion, DELIVER),
            tmp_path / "out",
            port=board.port,
            balance=board.balance_port,
            db=tmp_path / "lab.sqlite",
            report=False,
            cancel=cancel,
            ask=ask,
        )
        result = run_trial(wanted)
        with connect(board.port, role="observe") as somebody:
            assert somebody.status().state == "stopped"
    assert asked == ["Close the line at its outlet now."]
    assert result["occlusions"][0]["time_to_alarm_s"] is None


def test_an_end_that_was_asked_for_before_the_start_turns_nothing(tmp_path: Path) -> None:
    cancel = Cancel()
    cancel.request()
    cancel.request()
    result = run_trial(job(tmp_path, protocol(tmp_path, DELIVER), cancel=cancel))
    assert result["why"] == "the delivery was never started"
    assert result["readings"]["count"] == 0


def test_a_wait_ends_when_the_end_is_asked_for() -> None:
    cancel = Cancel()
    cancel.wait(0.0)
    threading.Timer(0.01, cancel.request).start()
    with pytest.raises(Cancelled):
        cancel.wait(60.0)
