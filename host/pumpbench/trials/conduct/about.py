"""Who, what and with what: the identification of a trial, so that a report can be traced years later."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pumpbench.balances import Balance
from pumpbench.client import Client, Refusal
from pumpbench.conduct.prepare import description_of_board
from pumpbench.conduct.resume import last_stored
from pumpbench.files.trial import Trial
from pumpbench.files.trial_steps import BOLUS, USUAL_ALARM_S
from pumpbench.store import Store
from pumpbench.store.bundle import bundle_hash, versions
from pumpbench.store.store import this_person
from pumpbench.store.text import sha256
from pumpbench.trials.conduct.job import TrialJob
from pumpbench.virtual.board import VirtualBoard

_S_PER_H = 3600.0


def describe(
    job: TrialJob,
    trial: Trial,
    text: str,
    board: VirtualBoard | None,
    client: Client | None,
    balance: Balance,
    store: Store | None,
) -> dict[str, Any]:
    """What ``trial.json`` says, and, for our pump, a run in the database that records it."""
    simulated = board is not None or (client is not None and client.info.simulated)
    virtual = {} if board is None else board.description
    told: dict[str, Any] = {
        "format": 1,
        "name": trial.name,
        "who": job.who or trial.trial.who or this_person(),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "simulated": simulated,
        "protocol": {"file": str(job.protocol), "sha256": sha256(text)},
        "plant": None if job.plant is None else _plant(job.plant),
        "balance": {"name": trial.balance.model or balance.name, "protocol": trial.balance.protocol},
        "virtual_board": virtual,
        "versions": versions(),
    }
    if client is None or store is None:
        kind = "simulated constant-flow pump" if board else "pump"
        told["pump"] = {
            "ours": False,
            "model": trial.pump.model or kind,
            "serial_number": trial.pump.serial_number,
        }
        return told | {"bundle_sha256": bundle_hash(told)}
    conditions = virtual | trial.liquid.model_dump()
    board_told = description_of_board(client, store, told["who"], conditions, trial.trial.tube_set or None)
    meta = board_told | {"name": f"trial: {trial.name}", "program_text": text}
    run_id = store.begin_run(meta)
    run = store.run(run_id)
    return told | {
        "pump": {"ours": True, "model": client.info.board, "serial_number": client.info.unique_id},
        "run_id": run_id,
        "database": str(store.path),
        "first_counter": meta["first_counter"],
        "bundle": run.bundle,
        "bundle_sha256": run.bundle_sha256,
        "calibration": _calibration(client),
        "stroke_pl": _stroke_pl(client),
    }


def last_stored_of(store: Store, told: dict[str, Any]) -> tuple[int, int] | None:
    """The (boot, counter) behind which the telemetry of a trial that was cut off is missing."""
    return last_stored(store, int(told["run_id"]))


def expected_s(trial: Trial) -> float:
    """How long the steps take, as far as that is known before."""
    total = 0.0
    for step in trial.steps:
        moved = _S_PER_H * (step.volume_nl or 0) / (step.rate_nl_h or 1)
        total += (moved + step.settled_s) * step.boluses if step.kind == BOLUS else moved
        total += step.duration_s or (USUAL_ALARM_S if step.kind == "occlusion" else 0)
    return total


def _calibration(client: Client) -> dict[str, Any] | None:
    try:
        used = client.calibration()
    except Refusal:
        return None
    if not used.made_at_s:
        return None
    return {"tube_set": used.tube_set, "made_at_s": used.made_at_s, "expires_at_s": used.expires_at_s}


def _stroke_pl(client: Client) -> int | None:
    """The volume of a revolution that the board goes by."""
    try:
        points = client.calibration().points
    except Refusal:
        return None
    return points[0][1] if points else None


def _plant(path: Path) -> dict[str, str]:
    return {"file": str(path), "sha256": sha256(path.read_text(encoding="utf-8-sig"))}
