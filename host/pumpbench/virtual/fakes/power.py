"""What ends the firmware from the outside. None of these is an ``Exception``: firmware cannot swallow them.

BaseException
├── PowerCut    the supply fails, also in the middle of a flash write
├── BoardReset  the watchdog bites, or the firmware restarts the board
└── Shutdown    the process that started this board wants it to end, or is gone
"""

POWER_ON = 1
WATCHDOG = 3
SOFT = 5


class PowerCut(BaseException):
    """The supply fails; it comes back after `off_us` of model time, and when no power-cut fault is active."""

    def __init__(self, off_us: int = 0) -> None:
        super().__init__(off_us)
        self.off_us = off_us


class BoardReset(BaseException):
    """The chip restarts without losing its supply; `cause` is an index in ``RESET_CAUSE_NAMES``."""

    def __init__(self, cause: int) -> None:
        super().__init__(cause)
        self.cause = cause


class Shutdown(BaseException):
    """The process must end now."""
