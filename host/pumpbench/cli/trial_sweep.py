"""``trial sweep``: a protocol on many virtual pumps, with many seeds."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.exits import PumpError, UsageError
from pumpbench.cli.options import Json, whole

if TYPE_CHECKING:
    from pumpbench.trials.sweep.task import Task

_MOST_JOBS = 1024


def sweep(
    protocol: Annotated[Path, typer.Argument(metavar="PROTOCOL.toml")],
    plants: Annotated[Path, typer.Option(metavar="DIR", help="a folder of plant files, each tried")],
    seeds: Annotated[str, typer.Option(metavar="1..100", help="each with every plant")] = "1..100",
    jobs: Annotated[
        int | None,
        typer.Option(
            parser=whole(1, _MOST_JOBS), metavar="N", help="trials at a time; one a core if not given"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="a Dask scheduler, not processes here"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="keep every trial; go on where a sweep was cut off"),
    ] = None,
    json: Json = False,
) -> None:
    """Carry out virtual trials in parallel and tell how mean error and trumpet scatter; all is simulated."""
    from pumpbench.trials.sweep.distribution import by_plant, distribution
    from pumpbench.trials.sweep.record import Record

    if scheduler is not None and jobs is not None:
        raise UsageError("--jobs is for processes of this machine; a scheduler has its own workers")
    wanted = _tasks(protocol, plants, seeds, None if scheduler else out)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    record = Record(out)
    failed: list[dict[str, Any]] = []
    left = [task for task in wanted if task.key not in record.done]
    for told in _with_bar(_carry_out(left, jobs, scheduler), len(wanted), len(left), quiet=json):
        record.add(told)
        if "error" in told:
            failed.append(told)
    done = [record.done[task.key] for task in wanted if task.key in record.done]
    found = {"simulated": True, "failed": failed, **distribution(done), "plants": by_plant(done)}
    if json:
        say.json_line(found)
    else:
        _tell(found)
    if failed:
        first = failed[0]
        raise PumpError(
            f"{len(failed)} of {len(wanted)} trials were not carried out; the first, {first['plant']} with "
            f"seed {first['seed']}: {first['error']}"
        )


def _tasks(protocol: Path, plants: Path, seeds: str, out: Path | None) -> "list[Task]":
    """Return every trial, all files checked before the first begins."""
    from pumpbench.files import plant as plant_file
    from pumpbench.files import toml
    from pumpbench.files import trial as trial_file
    from pumpbench.trials.sweep import seeds as written
    from pumpbench.trials.sweep.task import Task

    try:
        numbers = written.parse(seeds)
    except ValueError as error:
        raise UsageError(f'--seeds "{seeds}" {error}') from None
    trial_file.load(protocol)
    if not plants.is_dir():
        raise UsageError(f"--plants {plants} is no folder")
    files = sorted(plants.glob("*.toml"))
    if not files:
        raise UsageError(f"--plants {plants} holds no plant file (*.toml)")
    for file in files:
        plant_file.parse(toml.read(file), file)
    return [
        Task(
            (protocol.name, protocol.read_bytes()),
            (file.name, file.read_bytes()),
            seed,
            None if out is None else str(out.absolute() / file.stem / str(seed)),
        )
        for file in files
        for seed in numbers
    ]


def _carry_out(tasks: "list[Task]", jobs: int | None, scheduler: str | None) -> Iterator[dict[str, Any]]:
    if scheduler is not None:
        from pumpbench.trials.sweep.cluster import in_cluster

        return in_cluster(tasks, scheduler)
    from pumpbench.trials.sweep.processes import in_processes

    return in_processes(tasks, jobs or os.cpu_count() or 1)


def _with_bar(told: Iterator[dict[str, Any]], total: int, left: int, quiet: bool) -> Iterator[dict[str, Any]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("simulated trials"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say.bar_console(quiet), transient=True) as bar:
        task = bar.add_task("", total=total, completed=total - left)
        for one in told:
            bar.advance(task)
            yield one


def _tell(found: dict[str, Any]) -> None:
    intervals = found["intervals"]
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in found["verdicts"].items())
    say.pairs(
        {
            "trials": f"{found['trials']}, {say.SIMULATED}",
            "verdicts": verdicts or "none",
            "k = 2 intervals": f"{intervals['hold_the_truth']} of {intervals['count']} hold the truth",
        }
    )
    say.line("")
    rows = [
        ("mean error A", found["mean_error_percent"]),
        ("A less the truth", found["mean_error_less_truth_percent"]),
        ("mean error B", found["mean_error_b_percent"]),
        ("B less the truth", found["mean_error_b_less_truth_percent"]),
    ]
    for window in found["trumpet"]:
        rows.append((f"Ep(max), {window['window_min']:g} min", window["max_percent"]))
        rows.append((f"Ep(min), {window['window_min']:g} min", window["min_percent"]))
    for plant in found["plants"] if len(found["plants"]) > 1 else ():
        rows.append((f"A, {plant['plant']}", plant["mean_error_percent"]))
        rows.append((f"B, {plant['plant']}", plant["mean_error_b_percent"]))
    head = ("in percent", "trials", "mean", "sd", "min", "5 %", "median", "95 %", "max")
    say.table(head, [_row(name, one) for name, one in rows if one is not None], "no figures")


def _row(name: str, one: dict[str, Any]) -> tuple[str, ...]:
    shown = [one[key] for key in ("mean", "sd", "min", "p5", "p50", "p95", "max")]
    return (name, str(one["count"]), *("-" if value is None else f"{value:+.3f}" for value in shown))
