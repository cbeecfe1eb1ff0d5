"""All that goes onto a board, made from the firmware's sources and the board file."""

from dataclasses import dataclass

from pumpbench.boards import firmware_file
from pumpbench.files.board import Board
from pumpbench.flashing import cache, pack, sources
from pumpbench.flashing.compact import Names, compact
from pumpbench.flashing.compile import CHIPS, Chip, compiled
from pumpbench.flashing.errors import WrongBoard
from pumpbench.flashing.pack import Pack


@dataclass(frozen=True)
class Firmware:
    """`pack`: the firmware itself. `set_up`: the files in the board's root that start it, by name. `copies`:
    whether the chip executes code in place, for which the board needs copies. `names`: the long name of
    each short one, by file.

    The hashes are what a board that runs it says of itself (16 hexadecimal digits each).
    """

    pack: Pack
    set_up: dict[str, bytes]
    copies: bool
    names: dict[str, Names]
    firmware_hash: str
    set_up_hash: str


def chip_of(board: Board) -> Chip:
    """Return what the board's chip takes. Raises `WrongBoard` for a board without one."""
    name = board.board.chip_name
    if name not in CHIPS:
        raise WrongBoard(
            f'the board "{board.board.name}" has no chip to put firmware on: `--port virtual` starts it'
        )
    return CHIPS[name]


def build(board: Board) -> Firmware:
    """Make the firmware of a board. Raises `WrongBoard`, `FirmwareSourceError`."""
    chip = chip_of(board)
    found = sources.read(chip.layer)
    texts = found.firmware | {sources.SLOTS: found.slots}

    def make() -> cache.Made:
        smaller, names = compact(found.firmware)
        return compiled(smaller | {sources.SLOTS: found.slots}, chip), names

    modules, names = cache.kept_or_made(cache.key(texts, chip.architecture), make)
    slots = sources.SLOTS.replace(".py", ".mpy")
    set_up = {
        slots: modules.pop(slots),
        firmware_file.NAME: firmware_file.content(board),
        sources.BOOT: found.boot.encode(),
        sources.MAIN: found.main.encode(),
    }
    return Firmware(
        pack.make(modules),
        set_up,
        chip.layer == "rp2",
        names,
        pack.firmware_hash(modules),
        pack.set_up_hash(set_up),
    )
