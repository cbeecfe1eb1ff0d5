"""Carrying out a trial: the steps of a protocol, a balance, the pump, and a folder that keeps all of it."""

from pumpbench.trials.conduct.errors import ConductError
from pumpbench.trials.conduct.following import Following, Forming, Look
from pumpbench.trials.conduct.job import Progress, TrialJob
from pumpbench.trials.conduct.run import run_trial, run_virtual_trial

__all__ = [
    "ConductError",
    "Following",
    "Forming",
    "Look",
    "Progress",
    "TrialJob",
    "run_trial",
    "run_virtual_trial",
]
