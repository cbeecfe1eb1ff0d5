"""The parent's end of the frames that `pumpbench.virtual.fakes.mux` describes."""

import struct

from pumpbench.virtual.errors import BoardDied
from pumpbench.virtual.fakes.mux import CHANNELS, HEADER, HEADER_SIZE


def pack(channel: int, payload: bytes) -> bytes:
    """Return one frame."""
    return struct.pack(HEADER, channel, len(payload)) + payload


class Splitter:
    """Takes the board's output in chunks that are cut anywhere."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return channel and payload of the frames that `data` completes, in order.

        Raises:
            BoardDied: what came is no frame: something else wrote to the board's output.
        """
        data = self._tail + data
        found = []
        at = 0
        while at + HEADER_SIZE <= len(data):
            channel, length = struct.unpack_from(HEADER, data, at)
            if not 0 < channel < CHANNELS:
                raise BoardDied("the virtual board's process wrote something to its output that is no frame")
            end = at + HEADER_SIZE + length
            if end > len(data):
                break
            found.append((channel, data[at + HEADER_SIZE : end]))
            at = end
        self._tail = data[at:]
        return found
