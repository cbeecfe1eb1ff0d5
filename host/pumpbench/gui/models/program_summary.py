"""What a program comes to, and what the board that is connected has to say to it, as lines to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from pumpbench.client import Limits, Reservoir
from pumpbench.client import Program as BoardProgram
from pumpbench.conduct.windows import HOUR_S, most_within
from pumpbench.files.program import Program
from pumpbench.gui.models.program_curve import pieces
from pumpbench.units import RATE, VOLUME, format_clock
from pumplink.states import SEGMENT_BOLUS

FINE, NOTE, FAULT = "fine", "note", "fault"


@dataclass(frozen=True)
class Line:
    """One sentence; `weight` is one of the three above."""

    weight: str
    text: str


def total(program: Program) -> str:
    """Return volume, time and peak in a sentence."""
    repeats = program.program.repeat
    times = f" ({repeats} times {format_clock(program.duration_s / repeats)})" if repeats > 1 else ""
    return (
        f"{VOLUME.format(program.volume_nl)} in {format_clock(program.duration_s)}{times}, "
        f"at most {RATE.format(program.peak_nl_h)}"
    )


def draws(program: Program, board: tuple[Reservoir, ...]) -> list[Line]:
    """Return what is drawn from each reservoir, beside what it holds."""
    lines = []
    for index, drawn_nl in sorted(program.drawn_nl().items()):
        if program.reservoirs:
            own = program.reservoirs[index]
            lines.append(Line(FINE, _draw(own.id, drawn_nl, own.usable_nl, own.drug)))
            known = index < len(board) and board[index].capacity_nl
            sets = VOLUME.format(own.contents_nl)
            counted = VOLUME.format(board[index].contents_nl) if known else sets
            if counted != sets:
                told = f"staging sets reservoir {own.id} to {sets}; the board counts {counted} in it now"
                lines.append(Line(NOTE, told))
        elif index < len(board) and board[index].capacity_nl:
            there = board[index]
            usable_nl = max(0, there.contents_nl - there.empty_at_nl)
            weight = FINE if drawn_nl <= usable_nl else NOTE
            lines.append(Line(weight, _draw(str(index), drawn_nl, usable_nl, there.drug)))
        else:
            drawn = VOLUME.format(drawn_nl)
            unset = "; the board does not know what it holds: define it" if board else ""
            lines.append(Line(NOTE, f"reservoir {index}: {drawn}{unset}"))
    return lines


def _draw(name: str, drawn_nl: int, usable_nl: int, drug: str) -> str:
    what = f" of {drug}" if drug else ""
    short = "" if drawn_nl <= usable_nl else ": the reservoir runs empty before the end"
    return (
        f"reservoir {name}: {VOLUME.format(drawn_nl)}{what}, {VOLUME.format(usable_nl)} can be drawn{short}"
    )


def board_says(program: Program, limits: Limits, most_hz: int) -> list[Line]:
    """Return where the program goes past the board's hard limits; one line that says so when it nowhere does.

    `most_hz` is the board's highest telemetry rate. The board checks all of it again, and more.
    """
    found = list(_excesses(program, limits, most_hz))
    if found:
        return found
    return [
        Line(
            FINE,
            f"within the board's limits: {RATE.format(limits.max_flow_nl_h)}, "
            f"{VOLUME.format(limits.max_hour_nl)} in any hour, "
            f"boluses of {VOLUME.format(limits.max_bolus_nl)}",
        )
    ]


def _excesses(program: Program, limits: Limits, most_hz: int) -> Iterator[Line]:
    for piece, segment in zip(pieces(program), program.segments, strict=True):
        number = piece.index + 1
        fastest = max(piece.begin_nl_h, piece.end_nl_h)
        allowed = limits.max_flow_nl_h
        if segment.kind == SEGMENT_BOLUS:
            allowed = min(allowed, limits.max_bolus_nl_h)
            if (segment.volume_nl or 0) > limits.max_bolus_nl:
                yield Line(
                    FAULT,
                    f"segment {number}: the board delivers boluses of at most "
                    f"{VOLUME.format(limits.max_bolus_nl)}",
                )
        if fastest > allowed:
            yield Line(FAULT, f"segment {number}: the board goes no faster than {RATE.format(allowed)}")
        if program.reservoir_index(segment) >= limits.reservoirs:
            has = f"{limits.reservoirs} reservoir{'s' if limits.reservoirs > 1 else ''}"
            yield Line(FAULT, f"segment {number}: the board has {has}, and this one is beyond")
    if len(program.segments) > limits.segments:
        yield Line(FAULT, f"the board holds {limits.segments} segments at most")
    if program.telemetry_hz > most_hz:
        yield Line(FAULT, f"the board sends {most_hz} records a second at most")
    hour_nl = round(most_within(program, HOUR_S))
    if hour_nl > limits.max_hour_nl:
        yield Line(
            FAULT,
            f"{VOLUME.format(hour_nl)} within one hour; the board delivers at most "
            f"{VOLUME.format(limits.max_hour_nl)}",
        )


def same_program(draft: Program, board: BoardProgram) -> bool:
    """Whether the board's program is the draft's: the digest is made of just these fields."""
    ours = [dict(segment) for segment in draft.wire_segments()]
    return board.wire_program() == draft.wire_program() and list(board.wire_segments()) == ours
