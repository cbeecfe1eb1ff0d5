"""Ending a long piece of work from another thread."""

import threading


class Cancelled(Exception):  # noqa: N818
    """Somebody asked for the work to end; its text is one sentence for a person."""


class Cancel:
    """Handed to the work by whoever may want to end it.

    The work looks at it wherever it waits, a tenth of a second at most at a time, and ends by itself: it
    stops the pump and keeps what it has. All methods may be called from any thread.
    """

    def __init__(self) -> None:
        self._asked = threading.Event()

    def request(self) -> None:
        """Ask for the end; returns at once, and asking again changes nothing."""
        self._asked.set()

    @property
    def requested(self) -> bool:
        """Whether the end was asked for."""
        return self._asked.is_set()

    def check(self) -> None:
        """Raise `Cancelled` when the end was asked for."""
        if self._asked.is_set():
            raise Cancelled("it was cancelled")

    def wait(self, seconds: float) -> None:
        """Let so much of the wall's time pass; raise `Cancelled` as soon as the end is asked for."""
        if self._asked.wait(seconds):
            self.check()
