"""Status, answered at once: machine code from the bytes that came to those that go. What a host asks most has
no part in the work between two ticks, and leaves nothing to collect.

It only ever takes what is one whole request and nothing else; all the rest goes the way of all requests
(``requests.py``).
"""

import micropython
from micropython import const

from pumpfw.status import put_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr8, ptr32


ASKED = 10  # bytes of a request's frame
TOLD = 40  # of the answer's

_STATUS = const(0x02)
_ANSWER = const(0x82)
_SHIFTED = const(0xFFFFFF)  # what eight bits to the right leave of 32, whatever an integer's width
_ANY = const(0x10000)

# Words of a reader's state.
_FILLED = const(2)
_EXPECTED = const(3)
_FRAMES = const(5)
_LOST = const(7)


@micropython.viper
def answer(state: int, remainders: int, cells: int, own: int, out: int, data: ptr8, now_us: int) -> int:
    """Put the answer's frame together when ``data[:ASKED]`` is a status request, and count both; return 0,
    and change nothing, when it is not.

    The first five are addresses, because to look for an object's memory takes as long as six bytes of CRC: of
    a reader's state (``pumplink/quick.py``), the CRC-32's remainders of each byte, the readings, the sequence
    number of the answer, and where its ``TOLD`` bytes go.
    """
    s = ptr32(state)
    if data[0] or data[9] or data[1] < 2 or data[2] != _STATUS or s[_FILLED]:
        return 0
    table = ptr32(remainders)
    crc = -1
    sequence = 0
    at = 2
    zero_at = 1 + data[1]
    while at < 9:
        byte = data[at]
        if byte == 0:
            return 0
        if at == zero_at:
            zero_at = at + byte
            byte = 0
        if at == 3:
            sequence = byte
        elif at == 4:
            sequence |= byte << 8
        crc = (crc >> 8) & _SHIFTED ^ table[(crc ^ byte) & 255]
        at += 1
    if zero_at != 9 or crc & 0x3FFFFFFF != 0x1EBB20E3 or (crc >> 30) & 3 != 3:
        return 0
    s[_FRAMES] = s[_FRAMES] + 1
    left_out = (sequence - s[_EXPECTED]) & 0xFFFF
    if s[_EXPECTED] != _ANY and left_out < 0x8000:
        s[_LOST] = s[_LOST] + left_out
    s[_EXPECTED] = (sequence + 1) & 0xFFFF

    sequence = ptr32(own)[0]
    ptr32(own)[0] = (sequence + 1) & 0xFFFF
    frame = ptr8(out)
    frame[2] = _ANSWER
    frame[3] = sequence & 255
    frame[4] = sequence >> 8
    put_status(cells, out, 5, now_us)
    _close(out, 2, -1, remainders)
    return 1


@micropython.viper
def _close(frame: ptr8, at: int, crc: int, table: ptr32):  # type: ignore[no-untyped-def]
    """Put the CRC behind ``frame[at:35]``, and take out the zeros.

    On its own, so that its first three names are in registers.
    """
    while at < 35:
        crc = (crc >> 8) & _SHIFTED ^ table[(crc ^ frame[at]) & 255]
        at += 1
    crc ^= -1
    frame[35] = crc & 255
    frame[36] = crc >> 8 & 255
    frame[37] = crc >> 16 & 255
    frame[38] = crc >> 24 & 255
    at = 38
    crc = 39  # where the zero behind is
    while at > 1:
        if frame[at] == 0:
            frame[at] = crc - at
            crc = at
        at -= 1
    frame[1] = crc - 1
