"""The program that a board holds, as the file that would have sent it: what is run again is recorded, too."""

from typing import Any

from pumpbench.client import Program as BoardProgram
from pumpbench.client import Segment
from pumpbench.files import program as program_file
from pumpbench.files.program import Program
from pumpbench.files.toml_text import text_of

_BASE_UNITS = (
    ("rate", "rate_nl_h", "nL/h"),
    ("to_rate", "to_rate_nl_h", "nL/h"),
    ("volume", "volume_nl", "nL"),
    ("duration", "duration_s", "s"),
)


def as_file(held: BoardProgram) -> tuple[Program, str]:
    """Return the program and its file's text. It names the board's reservoirs by number, and fills none."""
    head = {
        "name": held.name,
        "mode": held.mode,
        "on_link_lost": held.on_link_lost,
        "keep_open_rate": f"{held.keep_open_nl_h} nL/h",
        "repeat": held.repeat,
    }
    tables: dict[str, Any] = {"program": head, "segments": [_segment(one) for one in held.segments]}
    return program_file.parse(tables, "the board's program"), text_of(tables)


def _segment(segment: Segment) -> dict[str, str]:
    table = {"kind": segment.kind, "reservoir": str(segment.reservoir)}
    for key, field, unit in _BASE_UNITS:
        value = getattr(segment, field)
        if value or (key == "to_rate" and segment.kind == "ramp") or (key == "rate" and _needs_rate(segment)):
            table[key] = f"{value} {unit}"
    return table


def _needs_rate(segment: Segment) -> bool:
    return segment.kind in ("constant", "ramp")
