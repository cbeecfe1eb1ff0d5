"""A trial as a program of its own, to be killed: ``python -m tests.support.trial_host FOLDER PORTS``.

FOLDER holds ``trial.toml``; the trial goes into its ``out``. PORTS is what a virtual board says of itself, in
JSON. What a person would do at the bench is done to that board's model.
"""

import json
import sys
from pathlib import Path

from pumpbench.trials.conduct import TrialJob, run_trial
from pumpbench.virtual.control_client import ControlPort


def main(folder: Path, ports: dict[str, str]) -> None:
    """Carry the trial out, or go on with it, and print its result."""
    model = ControlPort(ports["control_port"])

    def ask(sentence: str) -> None:
        if "pressure" in sentence:
            model.fault("back-pressure", 5.0)
        else:
            model.fault("occlusion", 1.0 if "Close" in sentence else 0.0)

    job = TrialJob(
        folder / "trial.toml",
        folder / "out",
        port=ports["port"],
        balance=ports["balance_port"],
        db=folder / "lab.sqlite",
        report=False,
        ask=ask,
    )
    print(json.dumps(run_trial(job)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
