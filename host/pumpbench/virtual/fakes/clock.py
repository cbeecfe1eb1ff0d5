"""The board's crystal: the only time that the firmware sees, moved on by the schedule alone.

Two times run side by side. *Model time* is the truth. *Crystal time* is what the board counts, fast or
slow by ``error_ppm``; ticks and motor steps follow it. Both are microseconds since the process began and
never step back.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..plant.clock import Clock as Crystal

_TICKS_MASK = (1 << 30) - 1
_PAST = 1 << 29


class Clock:
    """Crystal time `now`; it may run freely up to `horizon`, where the schedule has something to do."""

    def __init__(self, crystal: "Crystal") -> None:
        self.now = 0
        self.horizon = 0
        self._crystal = crystal
        self._boot = 0
        self._pass_until: Callable[[int], None] = _unattached

    def attach(self, pass_until: "Callable[[int], None]") -> None:
        """Let `pass_until(crystal_us)` take over wherever the horizon is reached."""
        self._pass_until = pass_until

    def boot(self) -> None:
        """Start the chip's counter at zero."""
        self._boot = self.now

    def ticks_us(self) -> int:
        """Return crystal microseconds since boot, modulo 2^30."""
        return (self.now - self._boot) & _TICKS_MASK

    def idle_until(self, ticks_us: int) -> None:
        """Let time pass until `ticks_us`, or until the link has input. A time up to 2^29 us ago returns at
        once."""
        wait = (ticks_us + self._boot - self.now) & _TICKS_MASK
        target = self.now + wait
        if target <= self.horizon:
            self.now = target
        else:
            self._pass_until(target if wait < _PAST else self.now)

    def model_us(self) -> int:
        """Return model time now."""
        return self._crystal.true_us(self.now)

    def crystal_us(self, model_us: int) -> int:
        """Return when model time is `model_us`, in crystal time; 1 us later where a slow clock skips it."""
        crystal_us = self._crystal.board_us(model_us)
        while self._crystal.true_us(crystal_us) < model_us:
            crystal_us += 1
        return crystal_us


def _unattached(crystal_us: int) -> None:
    raise RuntimeError("a clock without a schedule")
