"""Find the run that a board is still delivering although nobody records it any more."""

from dataclasses import dataclass

from pumpbench.client import connect
from pumpbench.conduct.prepare import committed_digest
from pumpbench.store import Run, Store
from pumpbench.store.gaps import NOT_EXPLAINED

# The states in which a run is under way on the board.
UNDER_WAY = ("running", "bolus", "paused", "keep-open", "relieving", "interrupted", "alarm-stop", "finished")


@dataclass(frozen=True)
class Left:
    """An interrupted run, and the (boot, counter) of the last record that was stored of it."""

    run: Run
    have: tuple[int, int] | None


def left_behind(port: str, store: Store, program_text: str | None = None) -> Left | None:
    """The run to go on recording: interrupted here, of this program (of any when None), and still the
    board's own; else None.
    """
    candidates = [
        run
        for run in store.runs(status="interrupted")
        if program_text in (None, run.meta.get("program_text")) and "program_digest" in run.meta
    ]
    if not candidates:
        return None
    with connect(port, role="observe") as look:
        if look.status().state not in UNDER_WAY:
            return None
        digest, info = committed_digest(look), look.info
    for run in candidates:
        if run.unique_id == info.unique_id and digest and run.meta.get("program_digest") == digest.hex():
            return Left(run, last_stored(store, run.id))
    return None


def last_stored(store: Store, run_id: int) -> tuple[int, int] | None:
    """The (boot, counter) behind which records are missing: before the first hole that was not given up.

    Of a run that has none it is the counter before its first one; None when that is not known either.
    """
    boots = store.boots(run_id)
    if not boots:
        meta = store.run(run_id).meta
        return (meta["boot_count"], meta["first_counter"] - 1) if "first_counter" in meta else None
    boot = max(part.boot for part in boots)
    holes = [
        gap.first_counter - 1
        for gap in store.gaps(run_id)
        if gap.boot == boot and gap.reason == NOT_EXPLAINED
    ]
    counter = min(holes, default=store.last_counter(run_id, boot))
    return None if counter is None else (boot, counter)
