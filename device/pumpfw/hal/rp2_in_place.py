"""Code executed in place: on the RP2040 and RP2350 flash is mapped into memory, so a function's bytecode, or
a viper function's machine code, need not stay on the heap where loading a ``.mpy`` file puts it.

The flashing command has the code of every function written once more, in files of one flash block each, with
an index. A one-block file lies in one piece, found by its tag. A function is pointed at the copy in flash
that is, byte for byte, what it has in memory; what it had in memory is then collected. Where anything
differs, or the files are missing, all stays as it was loaded.
"""

import gc
import sys
from array import array

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr8, ptr32

_TAG_BYTES = 16
# Words of the index: the transfer's tag, then these.
_BLOCKS = const(2)
_COUNT = const(3)  # of functions: for each its place, and its size in bytes
_PLACES = const(4)
_LAST = const(2)  # where the last function was found, once the blocks are known
_NEAR = const(60)  # words before that where the next one may be


def settle(folder: str, flash_address: int, flash_size: int) -> int:
    """Point the loaded modules' functions into flash; return how many bytes that freed.

    `folder` holds the copies, `flash_address` is where flash is mapped, `flash_size` its size in bytes. Call
    it once, from a module that is not in the index, when everything is loaded: what is running must not move.
    """
    try:
        file = open(folder + "/index", "rb")  # noqa: SIM115  (closed by the "with" below)
    except OSError:
        return 0
    with file:
        places = array("I", file.read())
    tag = bytearray(_TAG_BYTES)
    tag[:8] = bytes(memoryview(places)[:2])
    for number in range(places[_BLOCKS]):
        tag[8] = number
        _place(places, number, _find(tag, flash_address, flash_size))
    places[_LAST] = _PLACES
    moved = 0
    point, kinds = _point, array("I", [id(type(settle)), id(type(_point))])
    for module in sys.modules.values():
        for value in module.__dict__.values():
            moved += point(id(value), kinds, places)
            if type(value) is type:
                for method in value.__dict__.values():
                    moved += point(id(method), kinds, places)
    gc.collect()
    return moved


@micropython.viper
def _find(tag: ptr32, address: int, size: int) -> int:
    """Return the address of the flash block that begins with `tag`, 0 where there is none."""
    end = address + size
    while address < end:
        block = ptr32(address)
        if block[0] == tag[0] and block[1] == tag[1] and block[2] == tag[2] and block[3] == tag[3]:
            return address
        address += 4096
    return 0


@micropython.viper
def _place(places: ptr32, block: int, address: int):  # type: ignore[no-untyped-def]
    """Turn the places in a block into addresses; 0 where the block is missing."""
    at = _PLACES
    end = _PLACES + (places[_COUNT] << 1)
    while at < end:
        place = places[at]
        if place >> 12 == block:
            places[at] = address + (place & 4095) if address else 0
        at += 2


@micropython.viper
def _point(function: int, kinds: ptr32, places: ptr32) -> int:
    """Let the object at `function`, if it is of one of two `kinds`, use the copy of its code, if there is
    one; return how many bytes that frees.

    A function object's fourth word points at its code (``mp_obj_fun_bc_t`` in MicroPython's ``py/objfun.h``),
    which may lie anywhere, machine code at whole words: were that to change, nothing would compare equal, and
    nothing is done.
    """
    if function >> 28 != 2 or function & 3:  # it is no object on the heap
        return 0
    fields = ptr32(function)
    if fields[0] != kinds[0] and fields[0] != kinds[1]:
        return 0
    code = fields[3]
    if code >> 28 != 2 or code & 3:  # it is no code on the heap
        return 0
    have = ptr32(code)
    end = _PLACES + (places[_COUNT] << 1)
    at = places[_LAST] - _NEAR  # a module's functions stand together in the index
    if at < _PLACES:
        at = _PLACES
    left = places[_COUNT]
    while left:
        copy = ptr32(places[at])
        if places[at] and copy[0] == have[0]:
            size = places[at + 1]
            word = 1
            while word < size >> 2 and copy[word] == have[word]:
                word += 1
            if word == size >> 2:
                byte = word << 2
                while byte < size and ptr8(places[at])[byte] == ptr8(code)[byte]:
                    byte += 1
                if byte == size:
                    fields[3] = places[at]
                    places[_LAST] = at
                    return size
        at += 2
        if at == end:
            at = _PLACES
        left -= 1
    return 0
