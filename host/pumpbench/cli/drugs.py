"""Keeping to the laboratory's drug library from a command."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.database import open_store
from pumpbench.cli.exits import UsageError

if TYPE_CHECKING:
    from pumpbench.client import Client
    from pumpbench.conduct.drug_limits import Crossing, Filled
    from pumpbench.files.library import Library
    from pumpbench.files.program import Program
    from pumpbench.files.reservoir import Reservoir
    from pumpbench.files.trial import Trial
    from pumpbench.tuning.drug_limits import Deliveries

LibraryFile = Annotated[
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


class DrugLimits:
    """The limits of a library's file, or none. What comes before the pump is checked by one of the methods,
    which refuse what the library refuses, and ask for a reason where it asks for one, which is written down
    in `db`.

    Raises `FileError` for a file that is no library; the methods raise `UsageError` and `StoreError`.
    """

    def __init__(self, file: Path | None, reason: str | None, db: Path | None) -> None:
        from pumpbench.files import library as library_file

        self._file = file
        self._reason = (reason or "").strip()
        self._db = db
        self._library: Library | None = None if file is None else library_file.load(file)

    @property
    def hold(self) -> bool:
        """Whether there are any."""
        return self._library is not None

    def look_at(self, program: "Program") -> None:
        """Warn of soft ones that a program passes, refuse hard ones; nothing is sent, and nothing noted."""
        from pumpbench.conduct.drug_limits import check_program

        found = [] if self._library is None else check_program(self._library, program, ())
        for crossing in found:
            if not crossing.hard:
                say.warn(crossing.sentence)
        self._keep([one for one in found if one.hard], f"program {program.name}")

    def keep_program(self, program: "Program", board: Sequence["Filled"]) -> None:
        """Keep to them with a program; `board` holds the board's own reservoirs."""
        from pumpbench.conduct.drug_limits import check_program

        if self._library is not None:
            self._keep(check_program(self._library, program, board), f"program {program.name}")

    def keep_reservoirs(self, reservoirs: Sequence["Reservoir"]) -> None:
        """Keep to them with what reservoirs are to hold."""
        from pumpbench.conduct.drug_limits import check_filling

        if self._library is None:
            return
        found = [
            crossing
            for one in reservoirs
            for crossing in check_filling(self._library, one, f"reservoir {one.id}")
        ]
        self._keep(found, f"reservoir {' and '.join(one.id for one in reservoirs)}")

    def keep_bolus(self, reservoir: int, filled: "Filled", volume_nl: int) -> None:
        """Keep to them with a single bolus."""
        from pumpbench.conduct.drug_limits import check_bolus
        from pumpbench.units import VOLUME

        if self._library is not None:
            found = check_bolus(self._library, filled, volume_nl, f"reservoir {reservoir}")
            self._keep(found, f"bolus of {VOLUME.format(volume_nl)}")

    def keep_trial(self, trial: "Trial") -> None:
        """Keep to them with all that a trial delivers."""
        from pumpbench.trials.conduct.drug_limits import check_trial

        if self._library is not None:
            self._keep(check_trial(self._library, trial), f"trial {trial.name}")

    def keep_flows(self, what: str, pump: "Client", deliveries: "Callable[[float], Deliveries]") -> None:
        """Keep to them with what `what` turns out of a pump's reservoir 0, as it is filled now; `deliveries`
        takes the stroke volume in nL.
        """
        from pumpbench.tuning.drug_limits import check_flows

        if self._library is not None:
            turned = deliveries(pump.calibration().stroke_nl)
            self._keep(check_flows(self._library, turned, pump.reservoir(0)), what)

    def _keep(self, found: Sequence["Crossing"], subject: str) -> None:
        from pumpbench.conduct.drug_limits import note, refusal, told

        if refused := refusal(found):
            raise UsageError(f"{self._file} does not allow {subject}: {refused}")
        if not found:
            return
        if not self._reason:
            raise UsageError(
                f"{self._file} asks for a reason before {subject}: {told(found)}; --reason TEXT gives one, "
                "and the audit trail keeps it"
            )
        with open_store(self._db) as store:
            note(store.audit.append, subject, found, self._reason)
