"""The answer to status, put together by machine code: what hosts ask most, with nothing to collect after."""

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr8 = bytearray
    ptr32 = array[int]

_NOW_LO = const(0)
_NOW_HI = const(1)
_COUNTED_LO = const(4)
_COUNTED_HI = const(5)
_FLOW_NL_H = const(11)
_REMAINING_NL = const(15)
_STATE = const(19)
_PRIORITY = const(25)

_MASK = const(0x3FFFFFFF)
SIZE = 30  # bytes; the layout is frozen


@micropython.viper
def put_status(c: ptr32, out: ptr8, start: int, now_us: int):  # type: ignore[no-untyped-def]
    """Write the payload of ``status_answer`` to ``out[start:]``; `now_us` is the hardware's count, modulo
    2^30.
    """
    out[start] = c[_STATE]
    out[start + 1] = c[_PRIORITY]
    lo = c[_NOW_LO] + ((now_us - c[_NOW_LO]) & _MASK)
    hi = c[_NOW_HI]
    if lo > _MASK:
        lo = lo - _MASK - 1
        hi += 1
    at = start + 22
    while at > start + 2:  # three u64: the time, what remains, what was counted
        out[at] = lo & 255
        out[at + 1] = lo >> 8 & 255
        out[at + 2] = lo >> 16 & 255
        out[at + 3] = lo >> 24 & 63 | (hi & 3) << 6
        out[at + 4] = hi >> 2 & 255
        out[at + 5] = hi >> 10 & 255
        out[at + 6] = hi >> 18 & 255
        out[at + 7] = hi >> 26 & 255
        at -= 8
        lo = c[_REMAINING_NL]
        hi = 0
        if at == start + 6:
            lo = c[_COUNTED_LO]
            hi = c[_COUNTED_HI]
    lo = c[_FLOW_NL_H]
    out[start + 2] = lo & 255
    out[start + 3] = lo >> 8 & 255
    out[start + 4] = lo >> 16 & 255
    out[start + 5] = lo >> 24 & 255
