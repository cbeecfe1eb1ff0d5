"""What can keep a sweep from being carried out.

SweepError            its text is one sentence for a person
+-- NoScheduler       the Dask scheduler does not answer, or Dask is not installed
+-- WorkersLost       a worker died with the trial that it carried out
"""


class SweepError(Exception):
    """A sweep that cannot begin or go on; what was finished is kept."""


class NoScheduler(SweepError):  # noqa: N818
    """There is no Dask scheduler to send trials to."""


class WorkersLost(SweepError):  # noqa: N818
    """The processes that carry out trials have died."""
