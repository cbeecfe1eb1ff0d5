"""From a program file to a board that is ready to start it."""

from collections.abc import Mapping
from typing import Any

from pumpbench.client import Client, Refusal, Staged
from pumpbench.client import Program as BoardProgram
from pumpbench.conduct.job import Job
from pumpbench.files import plant, toml
from pumpbench.files.program import Program
from pumpbench.store import Store
from pumpbench.store.errors import UnknownEntryError

NL_PER_ML = 1_000_000


def plant_of(job: Job, program: Program) -> dict[str, Any]:
    """The model's configuration, its reservoirs filled as the program says unless the plant file says how."""
    tables = {} if job.plant is None else toml.read(job.plant)
    contents = [reservoir.contents_nl / NL_PER_ML for reservoir in program.reservoirs]
    if contents and "contents_ml" not in tables.get("reservoir", {}):
        tables = tables | {"reservoir": tables.get("reservoir", {}) | {"contents_ml": contents}}
    return plant.parse(tables, job.plant or "the default plant")


def stage_and_commit(client: Client, program: Program) -> Staged:
    """Define the reservoirs, stage the program, compare what the board understood, commit it."""
    for reservoir in program.wire_reservoirs():
        client.request("reservoir_set", **reservoir)
    staged = client.stage(program)
    client.commit(staged.digest)
    return staged


def committed_digest(client: Client) -> bytes | None:
    """The digest of the program that the board holds, None when it holds none."""
    held = committed(client)
    return None if held is None else held[0]


def committed(client: Client) -> tuple[bytes, BoardProgram] | None:
    """The program that the board holds and its digest, None when it holds none."""
    try:
        return client.program()
    except Refusal as refusal:
        if refusal.reason != "nothing":
            raise
        return None


def description(
    client: Client, store: Store, who: str | None, program: Program, text: str, digest: bytes,
    virtual: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """What ``Store.begin_run`` is to know of a run: the bundle of everything it was made with.

    `text` is the program as it stands in its file, `virtual` what is known of a board that was started here.
    """
    return description_of_board(client, store, who, virtual) | {
        "name": program.name,
        "program_digest": digest.hex(),
        "program_text": text,
        "requested_nl": program.volume_nl,
        "duration_s": program.duration_s,
        "telemetry_hz": program.telemetry_hz,
    }


def description_of_board(
    client: Client,
    store: Store,
    who: str | None,
    virtual: Mapping[str, Any],
    tube_set: int | None = None,
) -> dict[str, Any]:
    """What ``Store.begin_run`` is to know of the board that is recorded, whatever it does.

    `tube_set` is the one in its head; None takes the one that the board is calibrated for, when the
    laboratory knows it. Raises ``UnknownEntryError`` for one that it does not know.
    """
    info = client.info
    if tube_set is None:
        tube_set = _tube_set(client, store)
    else:
        store.tubes.get(tube_set)
    calibration = None if tube_set is None else store.calibrations.latest(tube_set)
    return {
        "unique_id": info.unique_id,
        "simulated": info.simulated,
        "boot_count": info.boot_count,
        "time_us": client.status().time_us,
        "first_counter": client.next_record(),
        "board": info.board,
        "capabilities": list(info.capabilities),
        "firmware": info.firmware,
        "firmware_hash": info.firmware_hash,
        "protocol": info.protocol,
        "schema": info.schema,
        "steps_per_rev": client.limits().steps_per_rev,
        "who": who,
        "tube_set": tube_set,
        "calibration": None if calibration is None else calibration.id,
        "conditions": dict(virtual),
    }


def _tube_set(client: Client, store: Store) -> int | None:
    """The number of the tube set that the board is calibrated for, when this laboratory knows it."""
    try:
        number = client.calibration().tube_set
        store.tubes.get(number)
    except UnknownEntryError:
        return None
    except Refusal as refusal:
        if refusal.reason != "nothing":
            raise
        return None
    return number
