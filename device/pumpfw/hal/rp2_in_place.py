"""Bytecode executed in place: on the RP2040 and RP2350 flash is mapped into memory, so a function's bytecode
need not stay on the heap where loading a ``.mpy`` file puts it.

The flashing command sends the bytecode of every function once more, in files of one flash block each, with
an index. A one-block file lies in one piece, found by its tag. A function is pointed at the copy in flash
only where that is, byte for byte, what it has in memory; the copy in memory is then collected. Where anything
differs, or the files are missing, all stays as it was loaded.
"""

import gc
import sys

import micropython

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr8, ptr32

_TAG_BYTES = 16
_BLOCK = 4096


def settle(folder: str, flash_address: int, flash_size: int) -> int:
    """Point the loaded modules' functions into flash; return how many bytes that freed.

    `folder` holds the copies, `flash_address` is where flash is mapped, `flash_size` its size in bytes. Call
    it once, from a module that is not in the index, when everything is loaded: what is running must not move.
    """
    try:
        index = open(folder + "/index")  # noqa: SIM115  (closed by the "with" below)
    except OSError:
        return 0
    moved = 0
    with index:
        tag = bytearray(_TAG_BYTES)
        _, sent, blocks = index.readline().split()
        tag[:8] = bytes(int(sent[i : i + 2], 16) for i in range(0, 16, 2))
        addresses = []
        for number in range(int(blocks)):
            tag[8] = number
            addresses.append(_find(tag, flash_address, flash_size))
        module = None
        for line in index:
            words = line.split()
            if len(words) == 1:
                module = sys.modules.get(words[0])
            elif module:
                moved += _move(module, words, addresses)
    gc.collect()
    return moved


def _move(module: object, words: "list[str]", addresses: "list[int]") -> int:
    owner, name, place, length = words
    function = getattr(getattr(module, owner, None) if owner != "-" else module, name, None)
    start, size = int(place), int(length)
    address = addresses[start // _BLOCK]
    if type(function) is not _BYTECODE_FUNCTION or not address:
        return 0
    return size if _point(id(function), address + start % _BLOCK, size) else 0


_BYTECODE_FUNCTION = type(_move)


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
def _point(function: int, copy: int, size: int) -> bool:
    """Let `function` use the copy of its bytecode at `copy`, if that is one.

    A function object's fourth word points at its bytecode (``mp_obj_fun_bc_t`` in MicroPython's
    ``py/objfun.h``): were that to change, the bytes would not compare equal, and nothing is done.
    """
    fields = ptr32(function)
    have, copied = ptr8(fields[3]), ptr8(copy)
    for i in range(size):
        if have[i] != copied[i]:
            return False
    fields[3] = copy
    return True
