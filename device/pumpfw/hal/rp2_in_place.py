"""Code executed in place: on the RP2040 and RP2350 flash is mapped into memory, so a function's bytecode, a
viper function's machine code, or a module's long constant of bytes need not stay on the heap where loading a
``.mpy`` file puts it.

The flashing command has all of these written once more, in files of one flash block each, with an index. A
one-block file lies in one piece, found by its tag. A function is pointed at the copy in flash that is, byte
for byte, what it has in memory; what it had in memory is then collected. Where anything differs, or the files
are missing, all stays as it was loaded.
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
_COUNT = const(3)  # of functions: for each its place, and its size in bytes, by rising second words
_PLACES = const(4)
_LEAST = const(64)  # bytes of a constant


def settle(folder: str, flash_address: int, flash_size: int) -> None:
    """Point the loaded modules' functions into flash, and collect what they had in memory.

    `folder` holds the copies, `flash_address` is where flash is mapped, `flash_size` its size in bytes. Call
    it once, from a module that is not in the index, when everything is loaded: what is running must not move.
    """
    try:
        file = open(folder + "/index", "rb")  # noqa: SIM115  (closed by the "with" below)
    except OSError:
        return
    with file:
        places = array("I", file.read())
    tag = bytearray(_TAG_BYTES)
    tag[:8] = bytes(memoryview(places)[:2])
    for number in range(places[_BLOCKS]):
        tag[8] = number
        _place(places, number, _find(tag, flash_address, flash_size))
    kinds = array("I", [id(type(settle)), id(type(_point)), id(type), id(bytes)])
    for module in sys.modules.values():
        names = module.__dict__
        if _point_all(id(names), kinds, places):
            for value in names.values():
                if type(value) is type:
                    _point_all(id(value.__dict__), kinds, places)
    gc.collect()


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
def _point_all(names: int, kinds: ptr32, places: ptr32) -> int:
    """`_point` every function and every long constant in the dict at `names`; `kinds` are the two types of
    functions, that of classes, and that of bytes. Return whether there are classes.

    A dict's third word says how many entries its table has room for, its fourth where that lies
    (``mp_obj_dict_t`` in MicroPython's ``py/obj.h``); an entry is a key and a value, empty ones have key 0.
    """
    table = ptr32(ptr32(names)[3])
    at = 0
    end = ptr32(names)[2] << 1
    classes = 0
    while at < end:
        value = table[at + 1]
        if table[at] and value >> 28 == 2 and not value & 3:  # an object on the heap
            kind = ptr32(value)[0]
            if kind == kinds[0] or kind == kinds[1]:
                _point(value, places, 0)
            elif kind == kinds[2]:
                classes = 1
            elif kind == kinds[3] and ptr32(value)[2] >= _LEAST:
                _point(value, places, ptr32(value)[2])
        at += 2
    return classes


@micropython.viper
def _point(function: int, places: ptr32, length: int):  # type: ignore[no-untyped-def]
    """Let the function at `function`, or the constant of that length, use the copy of its code, if there is
    one.

    A function object's fourth word points at its code (``mp_obj_fun_bc_t`` in MicroPython's ``py/objfun.h``),
    which may lie anywhere, machine code at whole words: were that to change, nothing would compare equal, and
    nothing is done. That of an object of bytes points at them, and its third word is their number
    (``mp_obj_str_t`` in ``py/objstr.h``).
    """
    code = ptr32(function)[3]
    if code >> 28 != 2 or code & 3:  # it is no code on the heap
        return
    have = ptr32(code)
    key = have[1]
    count = places[_COUNT]
    at = 0
    end = count
    while at < end:
        middle = (at + end) >> 1
        if ptr32(places[_PLACES + 2 * middle])[1] < key:
            at = middle + 1
        else:
            end = middle
    while at < count:
        place = places[_PLACES + 2 * at]
        copy = ptr32(place)
        if copy[1] != key:
            return
        size = places[_PLACES + 1 + 2 * at]
        byte = 0
        while byte + 4 <= size and copy[byte >> 2] == have[byte >> 2]:
            byte += 4
        while byte < size and ptr8(place)[byte] == ptr8(code)[byte]:
            byte += 1
        if byte == size and (length == 0 or length == size):
            ptr32(function)[3] = place
            return
        at += 1
