"""A board's wiring as an SVG drawing: the board on the left, the parts on the right, a line a wire."""

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from pumpbench.boards.wiring import wires
from pumpbench.files.board import Board

ROW = 24
GAP = 16  # between parts
TOP = 64
BOARD_X, BOARD_WIDTH = 20, 170
PART_X, PART_WIDTH = 430, 230
NOTE_X = PART_X + PART_WIDTH + 14
NOTE_SIZE = 12
_POWER = {"3.3 V": "#b3261e", "GND": "#333333", "AGND": "#333333"}
_SIGNAL = "#1f5fa8"
_WIDEST = 0.62  # of a font's size: what a letter takes in DejaVu Sans, in the mean of a sentence
_STYLE = "font-family:'DejaVu Sans',Arial,sans-serif"


def svg(board: Board) -> str:
    """Return the drawing as text; the same for the same board."""
    body: list[str] = []
    y = TOP
    listed = wires(board)
    for part, of_part in groupby(listed, key=lambda wire: wire.part):
        rows = list(of_part)
        height = ROW * (len(rows) + 1)
        body.append(_box(PART_X, y, PART_WIDTH, height, "#f4f1ea"))
        body.append(_text(PART_X + PART_WIDTH / 2, y + 17, part, "middle", bold=True))
        for number, wire in enumerate(rows, 1):
            body.extend(_row(y + number * ROW + ROW / 2 - 4, wire.terminal, wire.pin, wire.note))
        y += height + GAP
    bottom = y - GAP
    width = NOTE_X + NOTE_SIZE * _WIDEST * max(len(wire.note) for wire in listed)
    frame = [
        _box(0, 0, width, bottom + 20, "#ffffff", line="none"),
        _text(20, 34, f"Wiring of {board.board.name}", "start", size=20, bold=True),
        _box(BOARD_X, TOP, BOARD_WIDTH, bottom - TOP, "#e3f1e6"),
        _text(BOARD_X + 14, TOP + 17, board.board.chip_name.upper(), "start", bold=True),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {bottom + 20:g}" '
        f'width="{width:g}" height="{bottom + 20:g}" style="{_STYLE}">'
    )
    return "\n".join([head, *frame, *body, "</svg>", ""])


def _row(y: float, terminal: str, pin: str, note: str) -> Iterator[str]:
    colour = _POWER.get(pin, _SIGNAL)
    start, end = BOARD_X + BOARD_WIDTH, PART_X
    if pin:
        yield f'<line x1="{start}" y1="{y:g}" x2="{end}" y2="{y:g}" stroke="{colour}" stroke-width="2"/>'
        for x in (start, end):
            yield f'<circle cx="{x}" cy="{y:g}" r="4" fill="{colour}"/>'
        yield _text(start - 10, y + 5, pin, "end")
    yield _text(end + 12, y + 5, terminal, "start")
    if note:
        yield _text(NOTE_X, y + 5, note, "start", size=NOTE_SIZE, colour="#555555")


def _box(x: float, y: float, width: float, height: float, fill: str, line: str = "#333333") -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" fill="{fill}" '
        f'stroke="{line}" stroke-width="1.5"/>'
    )


def _text(
    x: float, y: float, text: str, anchor: str, *, size: int = 14, bold: bool = False, colour: str = "#111111"
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(text)}</text>"
    )
