"""The two steps from a draft to a program that runs: what was sent beside what the board understood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pumpbench.client import Program as BoardProgram
from pumpbench.client import Staged
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.files.program import Program
from pumpbench.gui.models.actions import cannot_command
from pumpbench.units import DURATION, RATE, VOLUME, format_clock
from pumplink.names import LINK_LOST_NAMES, MODE_NAMES, SEGMENT_NAMES
from pumplink.states import ATTENDED, PAUSE, RAMP

# A run that is held is open, too: the board takes no other program before it is stopped.
_TAKES_PROGRAMS = ("stopped", "finished")
Fields = Mapping[str, int | str]
# How far a board's whole seconds may be from the file's: it rounds each segment of each repeat up.
_SECONDS_A_SEGMENT = 1


@dataclass(frozen=True)
class Row:
    """One thing: as it was sent, as the board understood it; `same` is None while it has not answered."""

    what: str
    sent: str
    understood: str
    same: bool | None


def cannot_stage(snapshot: Snapshot | None, current: bool) -> str:
    """Why no program can be sent now, empty when one can; `current` is whether the snapshot holds now."""
    if snapshot is None or not current:
        return "no pump is in contact"
    if why := cannot_command(snapshot):
        return why
    if snapshot.status.state not in _TAKES_PROGRAMS:
        return f"the pump is {snapshot.status.state}: stop it, or let it end, before another program is sent"
    return ""


def side_by_side(program: Program, board: BoardProgram) -> list[Row]:
    """Return head and segments of the program beside the board's."""
    sent = _told(program.wire_program(), program.wire_segments())
    understood = _told(board.wire_program(), board.wire_segments())
    whats = list(dict.fromkeys([*sent, *understood]))
    return [
        Row(what, sent.get(what, "-"), understood.get(what, "-"), sent.get(what) == understood.get(what))
        for what in whats
    ]


def to_be_sent(program: Program) -> list[Row]:
    """Return head and segments of a program that was not staged yet."""
    sent = _told(program.wire_program(), program.wire_segments())
    return [Row(what, told, "", None) for what, told in sent.items()]


def totals(program: Program, staged: Staged) -> list[Row]:
    """Return what it comes to, as worked out here and by the board."""
    nl_apart = abs(program.volume_nl - staged.volume_nl)
    s_apart = abs(program.duration_s - staged.duration_s)
    may_s = _SECONDS_A_SEGMENT * len(program.segments) * program.program.repeat
    return [
        Row("in all", VOLUME.format(program.volume_nl), VOLUME.format(staged.volume_nl), nl_apart <= 1),
        Row("lasts", format_clock(program.duration_s), format_clock(staged.duration_s), s_apart <= may_s),
        Row(
            "at most",
            RATE.format(program.peak_nl_h),
            RATE.format(staged.peak_nl_h),
            program.peak_nl_h == staged.peak_nl_h,
        ),
    ]


def _told(head: Fields, segments: Iterable[Mapping[str, int]]) -> dict[str, str]:
    mode = int(head["mode"])
    told = {"name": str(head["name"]), "mode": MODE_NAMES[mode]}
    if mode == ATTENDED:
        told["when the link is lost"] = LINK_LOST_NAMES[int(head["on_link_lost"])]
    if head["keep_open_nl_h"]:
        told["keep-open rate"] = RATE.format(int(head["keep_open_nl_h"]))
    told["repeat"] = f"{head['repeat']} times" if head["repeat"] != 1 else "once"
    for number, segment in enumerate(segments, 1):
        told[f"segment {number}"] = _segment(segment)
    return told


def _segment(segment: Mapping[str, int]) -> str:
    kind = segment["kind"]
    parts = [SEGMENT_NAMES[kind]]
    if kind == RAMP:
        parts.append(f"{RATE.format(segment['rate_nl_h'])} to {RATE.format(segment['to_rate_nl_h'])}")
    elif segment["rate_nl_h"]:
        parts.append(RATE.format(segment["rate_nl_h"]))
    if segment["volume_nl"]:
        parts.append(VOLUME.format(segment["volume_nl"]))
    if segment["duration_s"]:
        parts.append(DURATION.format(segment["duration_s"]))
    if kind != PAUSE:
        parts.append(f"reservoir {segment['reservoir']}")
    return ", ".join(parts)
