"""The copies of code that a chip executes in place, and of constants that it reads there, and their index:
see ``pumpfw.hal.rp2_in_place``.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pumpbench.flashing.compact import module_name
from pumpbench.flashing.errors import FirmwareSourceError
from pumpbench.flashing.mpy import Function, constants, functions

INDEX = "index"
_BLOCK = 4096
_TAG_BYTES = 16
_WORD = 4
_LEAST = 8  # bytes: less is not worth a place in the index
_LEAST_CONSTANT = 64
_STAY = (
    "pumpfw.hal.rp2_in_place",  # moves the others, and so can't be moved itself
    "pumpfw.hal.rp2_stepper",  # counts cycles: a miss in the flash's cache would shift a step
)

Compiled = dict[str, bytes]  # by path: "pumpfw/tick.mpy"


@dataclass(frozen=True)
class Block:
    """One flash block: `tag`, then the code in `ranges` (offset in the pack, size), each filled up with zeros
    to a whole word. `content` is all of it."""

    name: str
    tag: bytes
    ranges: tuple[tuple[int, int], ...]
    content: bytes


@dataclass(frozen=True)
class Image:
    """The files for one folder: blocks of at most 4,096 bytes, and the index, to be written last."""

    blocks: tuple[Block, ...]
    index: bytes

    def sizes(self) -> list[int]:
        """Bytes of each file."""
        return [*(len(block.content) for block in self.blocks), len(self.index)]


def image(compiled: Compiled, pack: bytes, sending: bytes, most_blocks: int | None = None) -> Image:
    """Return the copies of the code and the constants of `compiled` modules, which `pack` holds: all of them,
    or what goes into so many blocks.

    A block's tag of 16 bytes is `sending`, 8 bytes made anew for each transfer (so that what is left of one
    that was cut is never taken for it), the block's number, zeros. The index holds `sending`, the numbers of
    blocks and of functions (u32 each), and for each function where its code begins (block * 4096 + offset, a
    multiple of 4, as machine code needs it) and how long it is, u32 each, ordered by the code's second word
    (i32), so that the board finds a function in ten steps. A constant stands there as a function does.
    """
    filling: list[_Filling] = []
    places: list[tuple[int, int, int]] = []
    for function in _wanted(compiled):
        size = -(-len(function.code) // _WORD) * _WORD
        if size > _BLOCK - _TAG_BYTES:
            raise FirmwareSourceError(
                f"{'.'.join(function.path)}: {size} bytes of code do not fit a flash block of {_BLOCK}"
            )
        number = next((i for i, block in enumerate(filling) if block.size + size <= _BLOCK), len(filling))
        if number == most_blocks:
            continue
        if number == len(filling):
            filling.append(_Filling([]))
        second = int.from_bytes(function.code[_WORD : 2 * _WORD], "little", signed=True)
        places.append((second, number * _BLOCK + filling[number].size, len(function.code)))
        filling[number].codes.append(function.code)
    made = tuple(block.made(number, pack, sending) for number, block in enumerate(filling))
    index = struct.pack("<8sII", sending, len(made), len(places))
    index += b"".join(struct.pack("<II", place, size) for _, place, size in sorted(places))
    return Image(made, index)


@dataclass
class _Filling:
    """A block that is being filled."""

    codes: list[bytes]

    @property
    def size(self) -> int:
        return _TAG_BYTES + sum(-(-len(code) // _WORD) * _WORD for code in self.codes)

    def made(self, number: int, pack: bytes, sending: bytes) -> Block:
        tag = sending + bytes([number]) + bytes(_TAG_BYTES - len(sending) - 1)
        ranges = tuple((pack.index(code), len(code)) for code in self.codes)
        content = tag + b"".join(code + bytes(-len(code) % _WORD) for code in self.codes)
        return Block(f"{number:02}.bin", tag, ranges, content)


def _wanted(compiled: Compiled) -> Iterator[Function]:
    """The functions and constants to copy, the same bytes once."""
    seen: set[bytes] = set()
    for path, data in sorted(compiled.items()):
        if module_name(path) in _STAY:
            continue
        kept = [
            Function((), constant) for constant in constants(data, path) if len(constant) >= _LEAST_CONSTANT
        ]
        for function in [*functions(data, path), *kept]:
            if len(function.code) >= _LEAST and function.code not in seen:
                seen.add(function.code)
                yield function
