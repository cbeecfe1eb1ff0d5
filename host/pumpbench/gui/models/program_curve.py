"""A program as a curve of rate over time, and what a handle that is dragged on it writes into the draft."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pumpbench.files.program import Program
from pumpbench.units import DURATION, RATE, VOLUME
from pumplink.names import SEGMENT_NAMES
from pumplink.states import PAUSE, RAMP, SEGMENT_KEEP_OPEN

MOST_PASSES = 60  # of a program that repeats; more could not be told apart on a screen
NL_PER_ML = 1e6
_GRIP_SHARE = 0.12  # of a ramp, so that its handle does not lie on the one of the segment before
_STEPS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400)


@dataclass(frozen=True)
class Piece:
    """One segment of the first pass: from when to when (s), at which rates (nL/h), and what ends it."""

    index: int
    kind: str
    begin_s: float
    end_s: float
    begin_nl_h: int
    end_nl_h: int
    by_volume: bool

    @property
    def rate_moves(self) -> bool:
        """Whether its rate can be dragged: the file sets it for this segment."""
        return self.kind not in (SEGMENT_NAMES[PAUSE], SEGMENT_NAMES[SEGMENT_KEEP_OPEN])

    @property
    def is_ramp(self) -> bool:
        """Whether its rate changes on the way."""
        return self.kind == SEGMENT_NAMES[RAMP]


def pieces(program: Program) -> list[Piece]:
    """Return the segments of the first pass."""
    keep_open = program.program.keep_open_nl_h
    found, at_s = [], 0.0
    for index, segment in enumerate(program.segments):
        end_s = at_s + segment.seconds(keep_open)
        begin, end = segment.rates(keep_open)
        by_volume = segment.volume_nl is not None
        found.append(Piece(index, SEGMENT_NAMES[segment.kind], at_s, end_s, begin, end, by_volume))
        at_s = end_s
    return found


def outline(program: Program) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return times in s and rates in mL/h of all passes (the first sixty of more), to be joined by lines."""
    one = pieces(program)
    times = np.array([at for piece in one for at in (piece.begin_s, piece.end_s)])
    rates = np.array([rate for piece in one for rate in (piece.begin_nl_h, piece.end_nl_h)]) / NL_PER_ML
    passes = min(program.program.repeat, MOST_PASSES)
    length = one[-1].end_s
    return np.concatenate([times + length * number for number in range(passes)]), np.tile(rates, passes)


def ended_at(program: Program, index: int, at_s: float, span_s: float) -> tuple[str, str]:
    """Return key and text that let segment `index` end at `at_s`, when `span_s` are seen on the screen.

    What ends it stays the same: a segment that ends by volume gets another volume.
    """
    segment, piece = program.segments[index], pieces(program)[index]
    lasts_s = max(1, round_to_step(at_s - piece.begin_s, span_s))
    if segment.volume_nl is not None and segment.duration_s is None:
        mean_nl_h = (piece.begin_nl_h + piece.end_nl_h) / 2
        return "volume", VOLUME.format(max(1, round(mean_nl_h * lasts_s / 3600)))
    return "duration", DURATION.format(lasts_s)


def handle_of_rate(piece: Piece) -> tuple[float, float]:
    """Return where the rate is taken hold of (s, nL/h): in the middle, on a ramp near its beginning."""
    share = _GRIP_SHARE if piece.is_ramp else 0.5
    at_s = piece.begin_s + share * (piece.end_s - piece.begin_s)
    return at_s, piece.begin_nl_h + share * (piece.end_nl_h - piece.begin_nl_h)


def rate_at_handle(piece: Piece, nl_h: float) -> float:
    """Return the rate at the beginning of a segment whose handle is dragged to `nl_h`."""
    if not piece.is_ramp:
        return nl_h
    return (nl_h - _GRIP_SHARE * piece.end_nl_h) / (1 - _GRIP_SHARE)


def rate_text(rate_nl_h: float, top_nl_h: float) -> str:
    """Return a rate that was dragged to, rounded to what a hand can hold when `top_nl_h` fills the screen."""
    step = max(1, _power_of_ten(top_nl_h / 200))
    return RATE.format(max(0, round(rate_nl_h / step)) * step)


def round_to_step(seconds: float, span_s: float) -> int:
    """Return whole seconds, rounded to what a hand can hold when `span_s` fill the screen."""
    step = next((step for step in _STEPS_S if step >= span_s / 400), _STEPS_S[-1])
    return round(seconds / step) * step


def _power_of_ten(value: float) -> int:
    power = 1
    while power * 10 <= value:
        power *= 10
    return power
