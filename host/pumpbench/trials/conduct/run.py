"""A whole trial: connect, carry out the steps, work out the figures, write the report."""

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pumpbench.balances import PROTOCOLS, Balance, NoBalance, ReplayBalance, Settings, open_balance
from pumpbench.balances.replay import PREFIX as REPLAY
from pumpbench.client import Client, connect
from pumpbench.conduct.cancel import Cancelled
from pumpbench.files import plant as plant_file
from pumpbench.files import toml
from pumpbench.files import trial as trial_file
from pumpbench.files.trial import Trial
from pumpbench.store import Store
from pumpbench.trials.conduct import about
from pumpbench.trials.conduct.bench import Bench
from pumpbench.trials.conduct.clocks import (
    ByBoardClock,
    ByGrants,
    ByRecording,
    ByTheWall,
    ByVirtualPace,
    TrialClock,
)
from pumpbench.trials.conduct.errors import BadFolder, ConductError, PumpStopped, Unattended
from pumpbench.trials.conduct.folder import RESULT, TRIAL, Folder
from pumpbench.trials.conduct.job import FULL_SPEED, Progress, TrialJob
from pumpbench.trials.conduct.pump import TELEMETRY_HZ, PumpUnderTest, TrialRecording
from pumpbench.trials.conduct.result import evaluate
from pumpbench.trials.conduct.scale import Scale
from pumpbench.trials.conduct.steps import Steps
from pumpbench.trials.refill import simulated_return
from pumpbench.virtual.board import VirtualBoard
from pumplink.numbers import SILENCE_S

_NL_PER_ML = 1e6
DATABASE = "trial.sqlite"
_SPARE_S = 5.0
SLOW_TICK_HZ = 10  # of a virtual board whose own pump stands still: time passes ten times as fast
_SPARE = 1.2  # of what the steps draw, in a reservoir of which nothing is said


@dataclass
class _Open:
    """What is open for the time of a trial."""

    board: VirtualBoard | None
    client: Client | None
    balance: Balance
    store: Store | None
    recording: TrialRecording


def run_trial(job: TrialJob) -> dict[str, Any]:
    """Carry out a trial, or go on with the one in `job.out` that was cut off; returns its result.

    Raises `ConductError`, ``FileError``, ``BalanceError``, ``ClientError``, ``StoreError`` or
    ``VirtualBoardError``, each one sentence; all that was recorded until then is kept and can be reported.
    """
    text = _text(job.protocol)
    trial = trial_file.loads(text, job.protocol)
    _check(job, trial)
    folder, left = _folder(job, text)
    with contextlib.ExitStack() as closing:
        found = _open(job, trial, left, closing)
        if left is None:
            told = about.describe(job, trial, text, found.board, found.client, found.balance, found.store)
            folder = Folder.begin(job.out, text, told)
        assert folder is not None
        closing.callback(folder.close)
        _conduct(job, trial, folder, found, left)
    result = evaluate(folder)
    folder.write_json(RESULT, result)
    if job.report:
        from pumpbench.trials.report import write_report  # draws: needed here alone

        result |= {name: str(path) for name, path in write_report(folder, result).items()}
        folder.write_json(RESULT, result)
    return result


def run_virtual_trial(protocol: Path, plant: Path | None, seed: int, out_dir: Path) -> dict[str, Any]:
    """Carry out a trial on a virtual board at full speed, without report pages; returns its result."""
    job = TrialJob(protocol, out_dir, plant=plant, seed=seed, speed=FULL_SPEED, report=False)
    return run_trial(job)


def _text(path: Path) -> str:
    toml.read(path)  # says what is wrong with a file that cannot be read
    return path.read_text(encoding="utf-8-sig")


def _check(job: TrialJob, trial: Trial) -> None:
    """See that bench and protocol fit, before anything is made."""
    if not job.virtual and job.balance is None:
        raise ConductError("no balance is named: give its port with --balance")
    if job.balance and job.balance.startswith(REPLAY) and (trial.pump.ours or job.virtual):
        raise ConductError('a recorded balance knows no pump: [pump] kind is to be "other", without --port')
    if trial.pump.ours and job.port is None:
        raise ConductError("no pump is named: give its port with --port")
    needs_somebody = [step for step in trial.steps if step.kind in ("back-pressure", "occlusion")]
    if needs_somebody and not job.virtual and job.ask is None:
        raise Unattended(
            f"step {trial.steps.index(needs_somebody[0]) + 1} ({needs_somebody[0].kind}) needs somebody at "
            "the bench: start the trial from a terminal"
        )


def _folder(job: TrialJob, text: str) -> tuple[Folder | None, "_Left | None"]:
    """The folder of the trial to go on with, and what is left of it; None and None for a new one."""
    if job.out.exists() and not job.out.is_dir():
        raise BadFolder(f"{job.out} is a file; a trial needs a folder")
    if job.out.is_dir() and (job.out / TRIAL).exists():
        folder = Folder.open(job.out)
        folder.mend()
        journal = folder.journal()
        if any(entry["what"] == "ended" for entry in journal):
            raise BadFolder(
                f"{job.out} holds a trial that has ended: `pumpbench trial report {job.out}` shows it; name "
                "another folder for a new one"
            )
        if folder.protocol_text != text:
            raise BadFolder(f"{job.out} holds a trial of another protocol; name another folder")
        if job.virtual:
            raise BadFolder(
                f"{job.out} holds a trial whose virtual board ended with it: `pumpbench trial report "
                f"{job.out}` shows what there is; name another folder to run it again"
            )
        return folder, _Left(folder.about, journal)
    if job.out.is_dir() and any(not item.name.startswith(DATABASE) for item in job.out.iterdir()):
        raise BadFolder(f"{job.out} is not empty and holds no trial; name another folder")
    return None, None


@dataclass(frozen=True)
class _Left:
    """A trial that was cut off."""

    about: dict[str, Any]
    journal: list[dict[str, Any]]


def _open(job: TrialJob, trial: Trial, left: _Left | None, closing: contextlib.ExitStack) -> _Open:
    """Open board, pump, balance and database; the balance first, because it says soonest what is missing."""
    board = closing.enter_context(_board(job, trial)) if job.virtual else None
    url = job.balance or (board.balance_port if board else "")
    balance = open_balance(url, trial.balance.protocol, _settings(trial))
    closing.callback(balance.close)
    if not isinstance(balance, ReplayBalance):
        first = balance.read()
        if first.status in ("silent", "gone", "garbled"):
            raise NoBalance(f"{url}: {first.sentence}")
    balance.identify()
    recording = TrialRecording()
    if not trial.pump.ours:
        return _Open(board, None, balance, None, recording)
    if left is not None:
        _await_command(job)
    store = closing.enter_context(Store(_database(job), who=job.who or trial.trial.who or None))
    client = closing.enter_context(
        connect(
            board.port if board else str(job.port),
            on_records=recording.on_records,
            on_event=recording.on_event,
            on_gap=recording.on_gap,
            on_state=recording.on_state,
            have=about.last_stored_of(store, left.about) if left else None,
            manual=board is not None and job.speed == FULL_SPEED,
        )
    )
    closing.callback(recording.abandon)
    return _Open(board, client, balance, store, recording)


def _await_command(job: TrialJob) -> None:
    """Wait until the board has given up the session of the host that was killed."""
    until = time.monotonic() + SILENCE_S + _SPARE_S
    while True:
        with connect(str(job.port)) as look:
            if look.role == "command":
                return
        if time.monotonic() > until:
            raise ConductError("another program commands the pump, so the trial cannot be taken up yet")
        job.cancel.wait(1.0)


def _board(job: TrialJob, trial: Trial) -> VirtualBoard:
    tables = {} if job.plant is None else toml.read(job.plant)
    reservoir = tables.get("reservoir", {})
    contents = trial.refill.filled_nl if trial.refill else _contents_nl(trial)
    if isinstance(reservoir, dict) and "contents_ml" not in reservoir:
        tables = tables | {"reservoir": reservoir | {"contents_ml": contents / _NL_PER_ML}}
    return VirtualBoard(
        speed=job.speed,
        seed=job.seed,
        plant=plant_file.parse(tables, job.plant or "the default plant"),
        truth=job.truth,
        interpreter=job.interpreter,
        board={} if trial.pump.ours else {"tick_hz": SLOW_TICK_HZ},
    )


def _contents_nl(trial: Trial) -> int:
    return trial.pump.contents_nl or max(1_000_000, round(_SPARE * trial.drawn_nl))


def _settings(trial: Trial) -> Settings | None:
    """The serial port's settings where the protocol differs from the factory's."""
    told = trial.balance
    usual = PROTOCOLS[told.protocol].settings
    parity = usual.parity if told.parity is None else "NEO"[told.parity]
    return Settings(told.baud or usual.baud, told.bits or usual.bits, parity, usual.stop_bits)


def _database(job: TrialJob) -> Path | None:
    if job.db is not None or not job.virtual:
        return job.db
    job.out.mkdir(parents=True, exist_ok=True)
    return job.out / DATABASE


def _clock(job: TrialJob, found: _Open, origin: float | None) -> TrialClock:
    if isinstance(found.balance, ReplayBalance):
        return ByRecording(found.balance, job.cancel)
    if found.board is not None:
        if job.speed == FULL_SPEED:
            return ByGrants(found.board, found.client, job.cancel)
        return ByVirtualPace(found.board, job.cancel)
    if found.client is not None and found.client.info.simulated:
        return ByBoardClock(found.client, job.cancel, origin)
    return ByTheWall(job.cancel, origin)


def _conduct(job: TrialJob, trial: Trial, folder: Folder, found: _Open, left: _Left | None) -> None:
    clock = _clock(job, found, left.journal[0]["origin"] if left and left.journal else None)
    if left is not None and left.journal and clock.now_s() < left.journal[-1]["time_s"]:
        raise ConductError(
            f"the {clock.kind} clock shows {clock.now_s():.0f} s of the trial, and its last entry is of "
            f"{left.journal[-1]['time_s']:.0f} s: a clock went backwards, so the trial cannot go on; "
            f"`pumpbench trial report {job.out}` shows what there is"
        )
    folder.note(clock.now_s(), "taken up" if left else "began", origin=clock.origin, clock=clock.kind)
    scale = Scale(found.balance, clock, folder, job.say)
    pump = _pump(trial, folder, found, left)
    now = _Now(job, trial, clock, scale, found.board is not None or _simulated(found))
    model = found.board.control if found.board else None
    bench = Bench(clock, scale, folder, pump, model, job.ask, now.tell, job.cancel)
    try:
        Steps(trial, bench, left.journal if left else []).all(now.on_step)
    except (PumpStopped, Cancelled) as error:
        if pump is not None:
            pump.rest()
        why = f"the trial was ended before it was over: {error}"
        folder.note(clock.now_s(), "stopped", sentence=why)
        job.say(f"{why}; all that it has is kept")
    if trial.refill is not None and model is not None and trial.refill.returned_nl is None:
        folder.note(
            clock.now_s(), "returned", nl=simulated_return(model.truth()["reservoir_nl"], trial.refill)
        )
    more = pump.finish() if pump else {}
    folder.note(clock.now_s(), "ended", **more)
    if pump is not None and found.store is not None:
        found.store.finish_run(pump.run_id, {"trial": str(job.out), **folder.hashes()})


def _simulated(found: _Open) -> bool:
    return found.client is not None and found.client.info.simulated


def _pump(trial: Trial, folder: Folder, found: _Open, left: _Left | None) -> PumpUnderTest | None:
    """Our pump, recorded from now on; None for one that only the balance sees."""
    client, store = found.client, found.store
    if client is None or store is None:
        return None
    told = folder.about
    run_id = int(told["run_id"])
    if left is not None:
        store.resume_run(run_id, boot_count=client.info.boot_count, time_us=client.info.time_us)
    found.recording.begin(store, run_id, 0 if left else int(told["first_counter"]))
    pump = PumpUnderTest(client, store, found.recording, run_id)
    if left is None:
        client.set_telemetry_rate(TELEMETRY_HZ)
        pump.rest()
        pump.fill(_contents_nl(trial))
    return pump


class _Now:
    """Tells how far the trial is."""

    def __init__(self, job: TrialJob, trial: Trial, clock: TrialClock, scale: Scale, simulated: bool) -> None:
        self._job = job
        self._trial = trial
        self._clock = clock
        self._scale = scale
        self._progress = Progress("", 0.0, about.expected_s(trial), None, simulated)

    def on_step(self, index: int, step: Any) -> None:
        """A step begins."""
        text = f"{index + 1}/{len(self._trial.steps)} {self._trial.step_text(step)}"
        self._progress = replace(self._progress, step=text)
        self.tell()

    def tell(self) -> None:
        """Say where it stands."""
        self._job.on_progress(replace(self._progress, time_s=self._clock.now_s(), mass_g=self._scale.mass_g))
