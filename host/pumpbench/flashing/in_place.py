"""The copies of bytecode that a chip executes in place, and their index: see ``pumpfw.hal.rp2_in_place``."""

import hashlib
from dataclasses import dataclass

from pumpbench.flashing.compact import module_name
from pumpbench.flashing.errors import FirmwareSourceError
from pumpbench.flashing.mpy import Function, functions

INDEX = "index"
_BLOCK = 4096
_TAG_BYTES = 16
_SETTLER = "pumpfw.hal.rp2_in_place"  # moves the others, and so can't be moved itself

Compiled = dict[str, bytes]  # by path: "pumpfw/tick.mpy"


def digest(compiled: Compiled) -> str:
    """Return what tells whether a board has the copies of these modules: its index begins with it."""
    return hashlib.sha256(repr(_wanted(compiled)).encode()).hexdigest()[:16]


def image(compiled: Compiled, sending: bytes) -> dict[str, bytes]:
    """Return the files (by name, for one folder) for `compiled` modules.

    Each ``NN.bin`` fits one flash block of 4,096 bytes and begins with a tag of 16: `sending`, 8 bytes made
    anew for each transfer (so that what is left of one that was cut is never taken for it), the block's
    number, zeros. The index, to be sent last, holds digest, transfer and number of blocks;
    then each module's name, and under it a line a function: its class or ``-``, its name, where its bytecode
    begins (block * 4096 + offset) and how long it is.
    """
    blocks = _Blocks(sending)
    lines: list[str] = []
    for module, its in _wanted(compiled).items():
        lines.append(module)
        for function in its:
            owner = function.path[0] if len(function.path) == 2 else "-"
            lines.append(f"{owner} {function.path[-1]} {blocks.put(function)} {len(function.bytecode)}")
    head = f"{digest(compiled)} {sending.hex()} {len(blocks.blocks)}"
    files = {f"{number:02}.bin": bytes(block) for number, block in enumerate(blocks.blocks)}
    return files | {INDEX: "\n".join([head, *lines, ""]).encode()}


@dataclass(frozen=True)
class Block:
    """How a board makes the file `name` of an image out of a pack: tag, then `ranges` (offset, size)."""

    name: str
    tag: bytes
    ranges: list[tuple[int, int]]


def blocks(files: dict[str, bytes], pack: bytes) -> list[Block]:
    """Return where each block of an image is found again in the pack of the same modules."""
    made = {name: Block(name, data[:_TAG_BYTES], []) for name, data in files.items() if name != INDEX}
    for line in files[INDEX].decode().splitlines()[1:]:
        words = line.split()
        if len(words) == 4:
            number, start = divmod(int(words[2]), _BLOCK)
            name, size = f"{number:02}.bin", int(words[3])
            made[name].ranges.append((pack.index(files[name][start : start + size]), size))
    return list(made.values())


def _wanted(compiled: Compiled) -> dict[str, list[Function]]:
    """The functions to copy, by the name of their module."""
    modules = {module_name(path): list(functions(data, path)) for path, data in sorted(compiled.items())}
    modules.pop(_SETTLER, None)
    return modules


class _Blocks:
    """Bytecode, packed into blocks: each function wholly in one."""

    def __init__(self, sending: bytes) -> None:
        self._sending = sending
        self.blocks: list[bytearray] = []

    def put(self, function: Function) -> int:
        """Add a function's bytecode and return where it begins."""
        size = len(function.bytecode)
        if size > _BLOCK - _TAG_BYTES:
            raise FirmwareSourceError(
                f"{'.'.join(function.path)}: {size} bytes of bytecode do not fit a flash block of {_BLOCK}"
            )
        fitting = (i for i, block in enumerate(self.blocks) if len(block) + size <= _BLOCK)
        number = next(fitting, len(self.blocks))
        if number == len(self.blocks):
            self.blocks.append(bytearray(self._sending + bytes([number]) + bytes(_TAG_BYTES - 9)))
        block = self.blocks[number]
        block += function.bytecode
        return number * _BLOCK + len(block) - size
