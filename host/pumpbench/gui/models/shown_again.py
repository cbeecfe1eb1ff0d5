"""An earlier trial or calibration, read from its folder to be looked at again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pumpbench.files import trial as trial_file
from pumpbench.files.trial import Trial
from pumpbench.trials.conduct import Following, Look
from pumpbench.trials.conduct.earlier import Earlier, calibration_of, result_of
from pumpbench.trials.conduct.errors import BadFolder
from pumpbench.trials.conduct.folder import PROTOCOL, Folder
from pumpbench.trials.conduct.result import evaluate


@dataclass(frozen=True)
class Again:
    """`result` is a trial's, worked out when none that can be read was written; `calibration` what a
    calibration found.
    """

    look: Look
    trial: Trial | None = None
    result: dict[str, Any] | None = None
    calibration: dict[str, Any] | None = None


def read_again(one: Earlier) -> Again:
    """Read the folder. Raises ``BadFolder`` and ``FileError``."""
    look = Following(one.folder).look()
    if one.calibration:
        return Again(look, calibration=calibration_of(one.folder))
    folder = Folder.open(one.folder)
    trial = trial_file.loads(folder.protocol_text, one.folder / PROTOCOL)
    return Again(look, trial, _written(one.folder) or evaluate(folder))


def _written(folder: Path) -> dict[str, Any] | None:
    """The result as it was written; None when it is damaged, for the readings have it all."""
    try:
        return result_of(folder)
    except BadFolder:
        return None
