"""What a dry run says while it goes and at its end."""

import time
from dataclasses import dataclass, field

from pumpbench.conduct.dry_run import SELDOM_HZ, Expected, is_long
from pumpbench.conduct.progress import Progress
from pumpbench.units import VOLUME, format_clock
from pumplink.alarm_table import ALARMS
from pumplink.alarm_texts import ALARM_TEXTS

_RAISED_WHEN = {str(alarm[1]): text[0] for alarm, text in zip(ALARMS, ALARM_TEXTS, strict=True)}


@dataclass
class Pace:
    """How fast it goes, and so how long it still takes."""

    began_s: float = field(default_factory=time.monotonic)

    def sentence(self, now: Progress, wall_s: float | None = None) -> str:
        """Return how far it is, by the clock of the wall at `wall_s`."""
        took_s = (time.monotonic() if wall_s is None else wall_s) - self.began_s
        told = (
            f"{_simulated(now.total_s)}: {format_clock(now.elapsed_s)} of {format_clock(now.total_s)}, "
            f"{VOLUME.format(now.delivered_nl)} of {VOLUME.format(now.requested_nl)}"
        )
        if now.elapsed_s <= 0 or took_s < 1.0:
            return told
        left_s = max(0.0, now.total_s - now.elapsed_s) * took_s / now.elapsed_s
        return (
            f"{told}; {now.elapsed_s / took_s:,.0f} times as fast as real, about {format_clock(left_s)} left"
        )


def share(now: Progress) -> float:
    """Return how far it is, 0 to 1."""
    return min(1.0, now.elapsed_s / now.total_s) if now.total_s > 0 else 0.0


def outcome(expected: Expected) -> str:
    """Return what came of it, in a sentence."""
    summary = expected.summary
    delivered, requested = VOLUME.format(summary.delivered_nl), VOLUME.format(summary.requested_nl)
    took = format_clock(summary.elapsed_s)
    told = f"{_simulated(expected.total_s)}: {delivered} of {requested} delivered in {took}"
    if not summary.finished:
        told += f"; it ended {summary.state}, before the program's end"
    alarms = "; ".join(f"{name}: {_RAISED_WHEN[name]}" for name in summary.alarms)
    return f"{told}. Alarms: {alarms or 'none'}."


def _simulated(total_s: float) -> str:
    return f"SIMULATED, {SELDOM_HZ} ticks a second" if is_long(total_s) else "SIMULATED"
