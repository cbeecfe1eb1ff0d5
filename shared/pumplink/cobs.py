"""Consistent Overhead Byte Stuffing: bytes in which no zero occurs, so that a zero can end a frame.

Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999. Each
block starts with a code byte: the distance to the next zero of the data, or 255 when 254 bytes follow and no
zero after them. Moved up by one byte, the data lies where its encoding will, and each zero where a code will:
both directions work in place, and the search for zeros is left to ``find``, which is C on every interpreter.
"""


def encode_in_place(data: bytearray, start: int, end: int) -> int:
    """Encode ``data[start + 1 : end]`` where it stands and return the index after the encoding.

    The encoding begins at ``start``, the free byte before the data. It grows by one byte for each whole 254
    bytes without a zero; ``data`` must have the room behind ``end``.
    """
    code_at = start
    while True:
        zero = data.find(b"\0", code_at + 1, end)
        stop = zero if zero >= 0 else end
        while stop - code_at > 255 or (stop - code_at == 255 and zero >= 0):
            data[code_at] = 255
            code_at += 255
            data[code_at + 1 : end + 1] = data[code_at:end]
            end += 1
            stop += 1
        data[code_at] = stop - code_at
        if zero < 0:
            return end
        code_at = stop
        while code_at + 1 < end and not data[code_at + 1]:  # zeros in a row, as in numbers, need no search
            data[code_at] = 1
            code_at += 1


def decode_in_place(data: bytearray, length: int) -> int:
    """Decode ``data[:length]``, which holds no zero, where it stands.

    The result is ``data[1:end]``. Returns ``end``, or 0 when ``data[:length]`` is not an encoding.
    """
    at = 0
    while at < length:
        code = data[at]
        data[at] = 0
        at += code
        while code == 255 and at < length:
            code = data[at]  # it stands where no zero was: take it out
            data[at : length - 1] = data[at + 1 : length]
            length -= 1
            at += code - 1
    return length if at == length else 0
