"""Where a stop frame ends in what comes, whatever lies before and behind it, and however it is cut."""

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    ptr8 = bytearray

FOUND = 256
_FOUND = const(256)


@micropython.viper
def seek(frame: ptr8, length: int, matched: int, data: ptr8, count: int) -> int:
    """Go on through ``data[:count]`` with the first `matched` bytes of ``frame[:length]`` behind; return how
    many are behind at the end, and ``FOUND`` more where the whole frame was found.

    The frame begins and ends with a zero and has none in between: what does not match can only begin anew.
    """
    found = 0
    at = 0
    while at < count:
        byte = data[at]
        at += 1
        if byte == frame[matched]:
            matched += 1
            if matched == length:
                found = _FOUND
                matched = 1
        else:
            matched = 0 if byte else 1
    return matched + found
