"""What a trial or a calibration is to be carried out with, checked: each fault in a sentence by its field."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QCoreApplication

from pumpbench.balances import BadRecording, open_balance
from pumpbench.balances.replay import PREFIX as REPLAY
from pumpbench.conduct.job import FULL_SPEED
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.files import plant as plant_file
from pumpbench.files import trial as trial_file
from pumpbench.files.errors import FileError
from pumpbench.files.trial import Trial
from pumpbench.gui.models.actions import cannot_command
from pumpbench.gui.models.state import MOVING
from pumpbench.trials.conduct.about import expected_s
from pumpbench.units import DURATION, RATE
from pumpbench.virtual.errors import BadOption
from pumpbench.virtual.options import BoardOptions, parse_speed

VIRTUAL, CONNECTED, UNSEEN = "virtual", "connected", "unseen"
"""The pump: simulated, with a bench of its own; the one of this window; one that only the balance sees."""
OWN, PORT, RECORDING = "own", "port", "recording"
"""The balance: the virtual bench's; at a port; the lines that one sent before, in a file."""

PUMP_FIELD, SPEED_FIELD, SEED_FIELD, PLANT_FIELD = "pump", "speed", "seed", "plant"
BALANCE_FIELD, FOLDER_FIELD, PROTOCOL_FIELD = "balance", "folder", "protocol"
_MOST_IN_A_NAME = 40
_S_PER_MIN = 60


@dataclass(frozen=True)
class Bench:
    """What was chosen. `port` is the connected pump's, `balance_at` a port or a file, by `balance`; `speed`
    and `seed` are as they were typed, `plant` None is the usual one."""

    pump: str = VIRTUAL
    port: str = ""
    balance: str = OWN
    balance_at: str = ""
    speed: str = FULL_SPEED
    seed: str = ""
    plant: Path | None = None

    @property
    def job_port(self) -> str | None:
        """The port as a job has it."""
        return {VIRTUAL: VIRTUAL, CONNECTED: self.port, UNSEEN: None}[self.pump]

    @property
    def job_balance(self) -> str | None:
        """The balance as a job has it."""
        text = self.balance_at.strip()
        return {OWN: None, PORT: text, RECORDING: f"{REPLAY}{text}"}[self.balance]

    @property
    def job_speed(self) -> float | str:
        """The virtual board's speed. Raises ``BadOption``."""
        speed = parse_speed(self.speed.strip())
        BoardOptions(speed=speed)
        return speed

    @property
    def job_seed(self) -> int | None:
        """The seed, None for the plant's. Raises ``BadOption``."""
        text = self.seed.strip()
        if not text:
            return None
        if not text.isdecimal():
            raise BadOption(f'seed is "{text}", allowed are whole numbers from 0 to {(1 << 32) - 1}')
        BoardOptions(seed=int(text))
        return int(text)


@dataclass(frozen=True)
class Protocol:
    """A protocol file as it was read: `trial` is None when it has a fault, which `fault` tells."""

    path: Path | None
    trial: Trial | None = None
    fault: str = ""


def read_protocol(path: Path) -> Protocol:
    """Read a protocol's file."""
    try:
        return Protocol(path, trial_file.load(path))
    except FileError as error:
        return Protocol(path, None, " ".join(str(error).split()))


def steps_in_words(trial: Trial) -> list[str]:
    """The protocol as a person reads it before starting: one line a step."""
    return [f"{number}  {trial.step_text(step)}" for number, step in enumerate(trial.steps, 1)]


def in_short(trial: Trial) -> str:
    """Rate, length and limits of a protocol on a line."""
    start, end = trial.analyse_s
    translate = QCoreApplication.translate
    return translate(
        "trials",
        "{rate}, about {lasts}; analysed {start} to {end} after the start; mean error within ±{limit} %",
    ).format(
        rate=RATE.format(trial.rate_nl_h),
        lasts=DURATION.format(_S_PER_MIN * max(1, round(expected_s(trial) / _S_PER_MIN))),
        start=DURATION.format(round(start)),
        end=DURATION.format(round(end)),
        limit=f"{trial.limits.mean_error_percent:g}",
    )  # fmt: skip


def usual_folder(base: Path, name: str, now_s: float) -> Path:
    """A new folder below `base` that is not there yet: when, and what."""
    word = re.sub(r"[^\w.+-]+", "-", name).strip("-.")[:_MOST_IN_A_NAME] or "trial"
    wanted = base / f"{time.strftime('%Y-%m-%d-%H%M', time.localtime(now_s))}-{word}"
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.name}-{number}")
    return place


def connected_pump_fault(port: str, snapshot: Snapshot | None, *, going_on: bool = False) -> str:
    """Why the pump of the window cannot be had for a trial now; "" when it can. A trial that is gone on with
    may have left it under way."""
    translate = QCoreApplication.translate
    if not port or snapshot is None:
        return translate("trials", "No pump with a port of its own is connected; the page Connect does that.")
    why = cannot_command(snapshot)
    if why:
        return why[:1].upper() + why[1:] + "."
    if snapshot.status.state in (*MOVING, "paused", "interrupted") and not going_on:
        return translate("trials", "The pump is under way: let it finish, or stop it first.")
    return ""


def faults_of(
    protocol: Protocol, bench: Bench, folder: Path | None, pump_fault: str, *, going_on: bool = False
) -> dict[str, str]:
    """What stands in the way of a trial, or of going on with the one in `folder`, by the field where it is to
    be mended."""
    translate = QCoreApplication.translate
    faults = _bench_faults(bench, pump_fault) | ({} if going_on else _folder_fault(folder))
    if going_on and bench.pump == VIRTUAL:
        faults[PUMP_FIELD] = translate("trials", "It was begun on a real pump: choose that one.")
    trial = protocol.trial
    if trial is None:
        faults[PROTOCOL_FIELD] = protocol.fault or translate("trials", "Choose a protocol.")
        return faults
    if trial.pump.ours and bench.pump == UNSEEN:
        faults[PUMP_FIELD] = translate(
            "trials", "This protocol commands the pump; choose one that can be commanded."
        )
    elif not trial.pump.ours and bench.pump == CONNECTED:
        faults[PUMP_FIELD] = translate(
            "trials", 'This protocol is for a pump that only the balance sees ([pump] kind = "other").'
        )
    elif bench.balance == RECORDING and bench.pump != UNSEEN:
        faults[BALANCE_FIELD] = translate(
            "trials", "A recording knows no pump: it goes with one that only the balance sees."
        )
    return faults  # fmt: skip


def calibration_faults(bench: Bench, folder: Path | None, pump_fault: str) -> dict[str, str]:
    """What stands in the way of a calibration, by the field where it is to be mended."""
    return _bench_faults(bench, pump_fault) | _folder_fault(folder)


def _bench_faults(bench: Bench, pump_fault: str) -> dict[str, str]:
    translate = QCoreApplication.translate
    faults = _virtual_faults(bench) if bench.pump == VIRTUAL else {}
    if bench.pump == CONNECTED and pump_fault:
        faults[PUMP_FIELD] = pump_fault
    if bench.balance == OWN:
        if bench.pump != VIRTUAL:
            faults[BALANCE_FIELD] = translate("trials", "Only the virtual bench has a balance of its own.")
    elif not bench.balance_at.strip():
        faults[BALANCE_FIELD] = (
            translate("trials", "Name the balance's port, like /dev/ttyUSB0 or COM4.")
            if bench.balance == PORT
            else translate("trials", "Choose the file of the recording.")
        )
    elif bench.balance == RECORDING:
        faults |= _recording_fault(bench)
    return faults


def _virtual_faults(bench: Bench) -> dict[str, str]:
    faults = {}
    try:
        _ = bench.job_speed
    except BadOption as error:
        faults[SPEED_FIELD] = str(error)
    try:
        _ = bench.job_seed
    except BadOption as error:
        faults[SEED_FIELD] = str(error)
    if bench.plant is not None:
        try:
            plant_file.load(bench.plant)
        except FileError as error:
            faults[PLANT_FIELD] = " ".join(str(error).split())
    return faults


def _recording_fault(bench: Bench) -> dict[str, str]:
    try:
        open_balance(bench.job_balance or "", "mt-sics").close()
    except BadRecording as error:
        return {BALANCE_FIELD: str(error)}
    return {}


def _folder_fault(folder: Path | None) -> dict[str, str]:
    translate = QCoreApplication.translate
    if folder is None:
        return {FOLDER_FIELD: translate("trials", "Name a folder.")}
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return {FOLDER_FIELD: translate("trials", "{0} is there already; name a new folder.").format(folder)}
    return {}
