"""Sweeps in processes and through a Dask cluster: the same trials, the same figures, wherever they ran."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.host.trials.sweep import standin

from pumpbench.trials.sweep.cluster import in_cluster
from pumpbench.trials.sweep.errors import NoScheduler, WorkersLost
from pumpbench.trials.sweep.processes import in_processes
from pumpbench.trials.sweep.record import NAME, Record
from pumpbench.trials.sweep.task import carry_out

SEEDS = range(11, 16)


def ordered(told: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(told, key=lambda one: (one["plant"], one["seed"]))


@pytest.fixture(scope="module")
def alone() -> list[dict[str, Any]]:
    """What the trials come to one after the other."""
    return ordered(carry_out(task, standin.conduct) for task in standin.tasks(SEEDS))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A real Dask cluster on this machine: a scheduler and two workers, each a process."""
    distributed = pytest.importorskip("distributed")
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=logging.ERROR
    ) as cluster:
        yield cluster.scheduler_address


def test_a_trial_that_fails_is_told_in_a_sentence_and_the_others_go_on(alone: list[dict[str, Any]]) -> None:
    assert [one["seed"] for one in alone] == [*SEEDS, *SEEDS]
    assert [one.get("error") for one in alone if "error" in one] == ["ValueError: the pump broke"] * 2
    assert alone[0]["mean_error_percent"] == pytest.approx(7.011)
    assert "startup" not in alone[0]


def test_processes_give_the_same(alone: list[dict[str, Any]]) -> None:
    assert ordered(in_processes(standin.tasks(SEEDS), 2, standin.conduct)) == alone


def test_a_cluster_gives_the_same(alone: list[dict[str, Any]], scheduler: str) -> None:
    assert ordered(in_cluster(standin.tasks(SEEDS), scheduler, standin.conduct)) == alone


def test_a_process_that_dies_ends_the_sweep_with_a_sentence() -> None:
    with pytest.raises(WorkersLost, match="has died"):
        list(in_processes(standin.tasks(SEEDS), 2, standin.die))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "x"])
def test_a_scheduler_that_is_not_there_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("pumpbench.trials.sweep.cluster.CONNECT_S", 0.5)
    with pytest.raises(NoScheduler, match=f"no Dask scheduler answers at {address}"):
        list(in_cluster(standin.tasks(SEEDS), address, standin.conduct))


def test_a_scheduler_without_workers_is_told() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        pytest.raises(NoScheduler, match="has no workers"),
    ):
        list(in_cluster(standin.tasks(SEEDS), cluster.scheduler_address, standin.conduct))


def test_files_are_kept_where_they_are_wanted_and_what_a_cut_off_trial_left_is_not(tmp_path: Path) -> None:
    (task,) = standin.tasks(range(1, 2), str(tmp_path))[:1]
    (tmp_path / "good" / "1.unfinished").mkdir(parents=True)
    assert "error" not in carry_out(task, standin.conduct)
    assert (tmp_path / "good" / "1" / "protocol.toml").read_bytes() == b"[trial]"
    assert not (tmp_path / "good" / "1.unfinished").exists()
    assert "holds another trial" in carry_out(task, standin.conduct)["error"]


def test_what_is_finished_is_not_carried_out_again(tmp_path: Path) -> None:
    tasks = standin.tasks(SEEDS)
    record = Record(tmp_path)
    for task in tasks[:3]:
        record.add(carry_out(task, standin.conduct))
    with (tmp_path / NAME).open("a") as file:
        file.write('{"plant": "good", "se')  # killed while writing
    again = Record(tmp_path)
    # The third one, seed 13, failed: it may be tried again.
    assert set(again.done) == {tasks[0].key, tasks[1].key}
    assert again.done == record.done


def test_a_key_changes_with_protocol_plant_and_seed() -> None:
    one, other_seed, *_, other_plant = standin.tasks(range(1, 3))
    keys = {one.key, other_seed.key, other_plant.key}
    assert len(keys) == 3
