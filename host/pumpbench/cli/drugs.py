"""Keeping to the laboratory's drug library from a command."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumpbench.cli.database import open_store
from pumpbench.cli.exits import UsageError

if TYPE_CHECKING:
    from pumpbench.client import Client, Program
    from pumpbench.conduct.drug_limits import Crossing

DrugLibrary = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="FILE",
        envvar="PUMPBENCH_LIBRARY",
        help="drug library, TOML, whose limits hold",
    ),
]
Reason = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT", help="why a soft limit of the drug library may be passed; the audit trail keeps it"
    ),
]


def keep_to(
    library: Path, found: Sequence["Crossing"], subject: str, reason: str | None, db: Path | None
) -> None:
    """Refuse what the library refuses, and ask for a reason where it asks for one, which is written down.

    `found` is what the library of this file has to say to `subject`. Raises `UsageError`, `StoreError`.
    """
    from pumpbench.conduct.drug_limits import note, refusal, told

    if refused := refusal(found):
        raise UsageError(f"{library} does not allow {subject}: {refused}")
    if not found:
        return
    if reason is None or not reason.strip():
        raise UsageError(
            f"{library} asks for a reason before {subject}: {told(found)}; --reason TEXT gives one, and the "
            "audit trail keeps it"
        )
    with open_store(db) as store:
        note(store.audit.append, subject, found, reason.strip())


def keep_held_to(
    library: Path, pump: "Client", program: "Program", reason: str | None, db: Path | None
) -> None:
    """Keep to the library with a program that the board holds. Raises `FileError`, too."""
    from pumpbench.conduct.drug_limits import check_program
    from pumpbench.conduct.held_program import as_file
    from pumpbench.files import library as library_file

    found = check_program(library_file.load(library), as_file(program)[0], pump.reservoirs())
    keep_to(library, found, f"program {program.name}", reason, db)
