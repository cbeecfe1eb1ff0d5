"""The whole main job: connect, program, start, record, watch, sum up."""

from pumpbench.conduct.job import Job
from pumpbench.conduct.progress import Progress, Summary
from pumpbench.conduct.run import run

__all__ = ["Job", "Progress", "Summary", "run"]
