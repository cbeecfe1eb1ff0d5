"""The parent's end of the frames that `pumpbench.virtual.fakes.mux` describes."""

import asyncio
import struct

from pumpbench.virtual.errors import BoardDied
from pumpbench.virtual.fakes.mux import CHANNELS, HEADER, HEADER_SIZE


def pack(channel: int, payload: bytes) -> bytes:
    """Return one frame."""
    return struct.pack(HEADER, channel, len(payload)) + payload


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes] | None:
    """Return the next frame's channel and payload, None at the end of the stream.

    Raises:
        BoardDied: what came is no frame: something else wrote to the board's output.
    """
    try:
        channel, length = struct.unpack(HEADER, await reader.readexactly(HEADER_SIZE))
        if not 0 < channel < CHANNELS:
            raise BoardDied("the virtual board's process wrote something to its output that is no frame")
        return channel, await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return None
