"""Times of the axis in words: wall time, or the time of a board that has its own."""

import math
from datetime import datetime

STEPS_S = (
    *(base * 10.0**power for power in (-3, -2, -1) for base in (1, 2, 5)),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600.0 * hours for hours in (1, 2, 3, 6, 12)),
    *(86_400.0 * days for days in (1, 2, 7, 14, 28, 91, 364)),
)
"""Distances of ticks that read well."""


def step_for(width_s: float, ticks: int) -> float:
    """The distance between ticks when about `ticks` of them have room in `width_s`."""
    least = width_s / max(1, ticks)
    return next((step for step in STEPS_S if step >= least), STEPS_S[-1])


def ticks(start: float, end: float, step: float, wall: bool) -> list[float]:
    """The places of ticks, at round local times."""
    offset = _offset_s(start) if wall else 0.0
    first = math.ceil((start + offset) / step)
    last = math.floor((end + offset) / step)
    return [number * step - offset for number in range(first, last + 1)]


def tick_words(x: float, step: float, wall: bool) -> str:
    """A tick's label."""
    if not wall:
        whole_days = step >= 86_400.0 and x >= 86_400.0
        return f"{x / 86_400.0:.0f} d" if whole_days else board_time(x, 3 if step < 1.0 else 0)
    at = datetime.fromtimestamp(x)
    if step >= 86_400.0 or (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0):
        return f"{at.day} {at:%b}"
    if step >= 60.0:
        return f"{at:%H:%M}"
    return f"{at:%H:%M:%S}" if step >= 1.0 else f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def moment(x: float, wall: bool) -> str:
    """A time in full, to the hundredth of a second."""
    if not wall:
        return f"{board_time(x, 2)} (board's time)"
    at = datetime.fromtimestamp(x)
    return f"{at.day} {at:%b %Y %H:%M:%S}.{at.microsecond // 10_000:02d}"


def board_time(seconds: float, decimals: int = 0) -> str:
    """A board's time like 2 d 03:04:05.06."""
    sign = "−" if seconds < 0 else ""
    scaled = round(abs(seconds) * 10**decimals)
    whole, part = divmod(scaled, 10**decimals)
    days, rest = divmod(whole, 86_400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    fraction = f".{part:0{decimals}d}" if decimals else ""
    return f"{sign}{f'{days} d ' if days else ''}{clock}{fraction}"


def _offset_s(x: float) -> float:
    offset = datetime.fromtimestamp(x).astimezone().utcoffset()
    return offset.total_seconds() if offset is not None else 0.0
