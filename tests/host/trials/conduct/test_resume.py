"""A host that is killed in any step, and comes back: what the pump was doing is found again, and no dose is
given twice."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.host.trials.conduct.test_run import DELIVER, LONGEST, ZERO, protocol, unhurried_and_late

from pumpbench.client import connect
from pumpbench.store import Store
from pumpbench.trials.conduct.folder import Folder
from pumpbench.virtual.board import VirtualBoard
from pumplink.names import EVENT_NAMES
from pumplink.states import EVENT_BOLUS_ENDED

PRIME = '[[steps]]\nkind = "prime"\nvolume = "0.2 mL"\nrate = "30 mL/h"\n'
STABILISE = '[[steps]]\nkind = "stabilise"\nduration = "1 min"\n'
BOLUSES = '[[steps]]\nkind = "bolus"\ncount = 4\nvolume = "0.1 mL"\nrate = "30 mL/h"\nsettle = "10 s"\n'
PRESSURE = '[[steps]]\nkind = "back-pressure"\npressure_kpa = 5\nsettle = "30 s"\n'
OCCLUSION = '[[steps]]\nkind = "occlusion"\nduration = "20 min"\nsettle = "2 min"\n'
# Behind a step in which a host is to be killed: else a trial may be over before who kills it comes to do so.
# Behind a delivery: readings that come quickly after it would make those within it seem far apart.
LATER = '[[steps]]\nkind = "stabilise"\nduration = "2 min"\n'

Condition = Callable[[list[dict[str, Any]]], bool]


class Host:
    """The program that carries the trial out, on a board that stays."""

    def __init__(self, folder: Path, board: VirtualBoard) -> None:
        self.out = folder / "out"
        self._command = [
            *(sys.executable, "-m", "tests.support.trial_host", str(folder)),
            json.dumps(dict(board.description)),
        ]

    def killed_when(self, condition: Condition) -> None:
        """Run it, and kill it as soon as the journal is as `condition` says."""
        with self._start() as host:
            while not (self.out / "journal.jsonl").exists() or not condition(Folder(self.out).journal()):
                assert host.poll() is None, "the trial ended before it could be killed"
                time.sleep(0.005)
            host.send_signal(signal.SIGKILL)

    def to_the_end(self) -> dict[str, Any]:
        """Run it to its end; returns the trial's result."""
        with self._start() as host:
            told, _ = host.communicate()
        result: dict[str, Any] = json.loads(told)
        return result

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)


def noted(what: str, **fields: Any) -> Condition:
    """Whether the journal has such an entry."""
    wanted = {"what": what} | fields
    return lambda journal: any(wanted.items() <= entry.items() for entry in journal)


def events(folder: Path) -> Counter[str]:
    """How often the board told each kind of event."""
    with Store(folder / "lab.sqlite") as store:
        return Counter(EVENT_NAMES[event.code] for event in store.events(1))


def test_a_kill_in_any_step_costs_nothing_but_readings(tmp_path: Path) -> None:
    unhurried_and_late(tmp_path, PRIME, ZERO, STABILISE, LONGEST, LATER, BOLUSES, PRESSURE, OCCLUSION)
    with VirtualBoard(speed=20, seed=3) as board:
        host = Host(tmp_path, board)
        moments = [
            noted("asked", index=0),
            noted("settling", index=2),
            noted("asked", index=3),
            noted("asked", index=5, number=2),
            noted("bolus", index=5, number=3),
            noted("set", index=6),
            noted("closed", index=7),
            noted("opened", index=7),
        ]
        for moment in moments:
            host.killed_when(moment)
        result = host.to_the_end()
        given = events(tmp_path)
        journal = Folder(tmp_path / "out").journal()
    assert (given["move-started"], given["bolus-started"]) == (1, 4)
    assert given["run-started"] == 1 + 4 + 1  # the delivery, each bolus, and the flow against the closed line
    assert sum("taken up again" in said for said in result["deviations"]) == len(moments)
    assert not any(entry["what"] in ("stopped", "begun again") for entry in journal)
    (boluses,) = result["boluses"]
    assert (boluses["count"], boluses["weighed"]) == (4, 4)
    assert boluses["mean_ml"] == pytest.approx(0.1, rel=0.03)
    (occlusion,) = result["occlusions"]
    assert occlusion["alarms"] == ["occlusion"]
    assert 0 < occlusion["time_to_alarm_s"] < 600
    assert occlusion["pressure_kpa"] > 5
    assert 0 < occlusion["bolus_ml"] < 0.2
    assert result["mean_error_percent"] == pytest.approx(0, abs=1)
    assert result["recording"]["quality"]["missing_records"] == 0


def test_a_bolus_that_was_cut_off_while_nobody_looked_is_not_given_again(tmp_path: Path) -> None:
    protocol(tmp_path, DELIVER, BOLUSES.replace("30 mL/h", "3 mL/h"))
    with VirtualBoard(speed=20, seed=3) as board:
        host = Host(tmp_path, board)
        host.killed_when(noted("bolus", index=1, number=1))
        before_nl = board.control.truth()["head_nl"]
        host.killed_when(lambda _: board.control.truth()["head_nl"] > before_nl + 5_000)
        with connect(board.port, role="observe") as somebody:
            assert somebody.stop().state == "stopped"
        result = host.to_the_end()
    assert events(tmp_path)["bolus-started"] == 2
    assert "dose 2 of step 2 was cut off after" in " ".join(result["deviations"])
    assert result["boluses"][0]["count"] == 1
    assert result["verdict"] == "inconclusive"


def test_a_pump_that_somebody_stopped_meanwhile_is_not_started_again(tmp_path: Path) -> None:
    protocol(tmp_path, DELIVER)
    with VirtualBoard(speed=20, seed=3) as board:
        host = Host(tmp_path, board)
        host.killed_when(noted("started", index=0))
        with connect(board.port, role="observe") as somebody:
            somebody.stop()
        result = host.to_the_end()
    assert events(tmp_path)["run-started"] == 1
    assert "somebody stopped the pump" in " ".join(result["deviations"])
    assert result["verdict"] == "inconclusive"


def test_an_occlusion_that_was_cut_off_before_the_line_was_known_to_be_closed_begins_again(
    tmp_path: Path,
) -> None:
    protocol(tmp_path, DELIVER, OCCLUSION)
    with VirtualBoard(speed=20, seed=3) as board:
        host = Host(tmp_path, board)
        host.killed_when(noted("asked", index=1))
        journal = tmp_path / "out" / "journal.jsonl"
        entries = [json.loads(line) for line in journal.read_text().splitlines() if line.endswith("}")]
        kept = [entry for entry in entries if entry["what"] not in ("closed", "alarm")]
        journal.write_text("".join(json.dumps(entry) + "\n" for entry in kept))
        result = host.to_the_end()
    assert "step 2 was begun again" in " ".join(result["deviations"])
    assert result["occlusions"][0]["alarms"] == ["occlusion"]


def test_boluses_are_given_once_each_however_often_the_host_is_killed(tmp_path: Path) -> None:
    protocol(tmp_path, DELIVER, BOLUSES, LATER)
    with VirtualBoard(speed=20, seed=1) as board:
        host = Host(tmp_path, board)
        host.killed_when(noted("step", index=1))
        for number in (1, 2, 3, 4):
            host.killed_when(noted("asked", index=1, number=number))
            readings = len(Folder(tmp_path / "out").readings())
            host.killed_when(
                lambda _, more=readings + 2: len(Folder(tmp_path / "out").readings()) > more  # type: ignore[misc]
            )
        result = host.to_the_end()
    told = events(tmp_path)
    assert (told["bolus-started"], told["bolus-ended"]) == (4, 4)
    with Store(tmp_path / "lab.sqlite") as store:
        ended = [event for event in store.events(1) if event.code == EVENT_BOLUS_ENDED]
    assert [event.b for event in ended] == [1, 1, 1, 1]
    assert result["boluses"][0]["weighed"] == 4
