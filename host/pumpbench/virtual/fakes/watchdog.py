"""The chip's watchdog, in virtual time."""

from .clock import Clock
from .schedule import NEVER


class Watchdog:
    """Bites at crystal time `deadline` unless fed; nothing but a reset stops it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.power_up()

    def power_up(self) -> None:
        """Sleep until it is started."""
        self._timeout_us = 0
        self.deadline = NEVER

    def start(self, timeout_ms: int) -> None:
        """Bite unless fed every `timeout_ms`."""
        self._timeout_us = timeout_ms * 1000
        self.feed()

    def feed(self) -> None:
        """Wait the whole time-out anew."""
        self.deadline = self._clock.now + self._timeout_us
