"""What is on the board that is to be flashed, and whether it may be."""

from dataclasses import dataclass
from typing import Any

from pumpbench.files.board import Board
from pumpbench.flashing.compile import MPY_SUB_VERSION, MPY_VERSION, Chip
from pumpbench.flashing.errors import ForeignProgram, WrongBoard
from pumpbench.flashing.on_board import LOOK
from pumpbench.flashing.repl import Prompt

# How the files that a board starts by begin, when they are ours or MicroPython's own (an ESP32 has one).
_KNOWN = {
    "main.py": ('"""What the board runs at power-up',),
    "boot.py": ('"""What a board runs first', "# This file is executed on every boot"),
}


@dataclass(frozen=True)
class PackedFile:
    """A file of the pack on the board: its SHA-256 as the board reckoned it, and where it lies."""

    sha256: str
    offset: int
    size: int


@dataclass(frozen=True)
class BoardState:
    """`slot` is the trusted one's letter or "", `on_trial` whether another one runs on trial. `packed` are
    the files of the trusted pack, `loose` the SHA-256 of files outside packs, both by path; `slot_bytes`
    is how much of the flash each slot takes, `copies_bytes` how much of that are copies to execute in place;
    `journal_blocks` how much of the journal's room has been taken, None when all of it.
    """

    platform: str
    machine: str
    version: tuple[int, ...]
    mpy: int
    slot: str
    on_trial: bool
    packed: dict[str, PackedFile]
    loose: dict[str, str]
    files: tuple[str, ...]
    begins: dict[str, str]
    block_size: int
    free_bytes: int
    slot_bytes: dict[str, int]
    copies_bytes: dict[str, int]
    journal_blocks: int | None
    has_usb_device: bool
    has_cdc: bool

    @property
    def micropython(self) -> str:
        """The version in words."""
        return ".".join(map(str, self.version))


def look(prompt: Prompt, loose: list[str]) -> BoardState:
    """Ask the board; `loose` names the files whose hashes are wanted. The functions of `LOOK` stay there."""
    prompt.run(LOOK)
    told: dict[str, Any] = prompt.ask(f"look({loose!r})")
    pointer = told["pointer"]
    on_trial = len(pointer) > 1
    return BoardState(
        platform=told["platform"],
        machine=told["machine"],
        version=tuple(told["version"]),
        mpy=told["mpy"],
        slot=(pointer[1][0] if on_trial else pointer[0]) if pointer else "",
        on_trial=on_trial,
        packed={path: PackedFile(*entry) for path, entry in told["pack"].items()},
        loose=told["loose"],
        files=tuple(told["files"]),
        begins=told["begins"],
        block_size=told["block"],
        free_bytes=told["free"] * told["block"],
        slot_bytes=told["slots"],
        copies_bytes=told["copies"],
        journal_blocks=told["journal"],
        has_usb_device=told["usb"],
        has_cdc=told["cdc"],
    )


def check(state: BoardState, board: Board, chip: Chip, url: str, replace: bool) -> None:
    """Raise `WrongBoard` or `ForeignProgram` when the firmware must not be put on this board."""
    name = board.board.name
    architecture = state.mpy >> 10 & 0x1F
    is_s3 = "ESP32S3" in state.machine.upper().replace("-", "")
    same_chip = state.platform == chip.layer and architecture == chip.number
    if not same_chip or (chip.layer == "esp32" and is_s3 != (board.board.chip_name == "esp32s3")):
        raise WrongBoard(
            f"the board at {url} is {state.machine}, the board file {name} is for {board.board.chip_name}"
        )
    least = board.image.least_version if board.image else "1.23"
    if state.version < _version(least):
        raise WrongBoard(
            f"the board at {url} has MicroPython {state.micropython}, at least {least} is needed: "
            "name an image with --image"
        )
    if (state.mpy & 0xFF, state.mpy >> 8 & 3) != (MPY_VERSION, MPY_SUB_VERSION):
        raise WrongBoard(
            f"MicroPython {state.micropython} at {url} reads compiled files of format "
            f"{state.mpy & 0xFF}.{state.mpy >> 8 & 3}, this pumpbench makes {MPY_VERSION}.{MPY_SUB_VERSION}: "
            "name another image with --image"
        )
    foreign = [name for name, text in state.begins.items() if not text.startswith(_KNOWN[name])]
    if foreign and not replace:
        raise ForeignProgram(
            f"the board at {url} holds another program (its {foreign[0]} is not pumpbench's): "
            "--replace puts the pump's in its place"
        )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())
