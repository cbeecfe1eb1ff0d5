"""The served end of a serial port, such as the link: every client hears all that the board sends, and what
clients send is merged.

Bytes are held back on both ways by credit (see ``fakes/mux.py``): the board's, until the slowest client
has taken them; a client's, until the firmware has read what came before.
"""

import asyncio
import struct
from collections.abc import Callable

from pumpbench.virtual import frames
from pumpbench.virtual.connections import Connection
from pumpbench.virtual.fakes.mux import LINK_PORT

BOARD_TAKES = 2048  # bytes that the board keeps for its firmware to read
_EPOCH = "<HB"
_COUNT = "<HH"


class Link:
    """The cable's other end; `send` writes one frame to the board, `on_plug` hears of the plug."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        on_plug: Callable[[bool], None],
        channels: tuple[int, int, int] = LINK_PORT,
    ) -> None:
        self._send = send
        self._data, self._plug, self._credit = channels
        self._on_plug = on_plug
        self._connections: list[Connection] = []
        self._epoch = 0
        self._plugged = False
        self._room = BOARD_TAKES
        self._room_grew = asyncio.Event()
        self._merging = asyncio.Lock()
        self._to_pass_on = bytearray()
        self._passed_on = 0
        self._written = asyncio.Event()

    # --- clients ---

    def opened(self, connection: Connection) -> bool:
        """Take a client on; False while the cable is out."""
        if self._plugged:
            self._connections.append(connection)
            self._tell_connections()
        return self._plugged

    def closed(self, connection: Connection) -> None:
        """Forget a client."""
        if connection in self._connections:
            self._connections.remove(connection)
            self._tell_connections()

    async def received(self, data: bytes) -> None:
        """Pass on what a client sent, whole, when the board has room for it."""
        async with self._merging:
            epoch = self._epoch
            while len(data) > self._room and epoch == self._epoch:
                self._room_grew.clear()
                await self._room_grew.wait()
            if epoch == self._epoch:
                self._room -= len(data)
                self._send(frames.pack(self._data, struct.pack("<H", epoch) + data))

    # --- the board ---

    def take(self, channel: int, payload: bytes) -> bool:
        """Take a frame of one of this port's channels; False when it is of another."""
        if channel == self._data:
            self.from_board(payload)
        elif channel == self._credit:
            self.credited(payload)
        elif channel == self._plug:
            self.plugged(payload)
        else:
            return False
        return True

    def from_board(self, payload: bytes) -> None:
        """Take what the board sent (a ``LINK`` frame's payload); `pass_on` writes it, many frames at once."""
        if int.from_bytes(payload[:2], "little") == self._epoch:
            self._to_pass_on += payload[2:]

    def pass_on(self) -> None:
        """Write to the clients what the board sent."""
        if not self._to_pass_on:
            return
        data = bytes(self._to_pass_on)
        self._to_pass_on.clear()
        for connection in self._connections:
            connection.write(data)
        self._passed_on += len(data)
        self._written.set()

    def credited(self, payload: bytes) -> None:
        """The firmware has read (a ``CREDIT`` frame's payload)."""
        epoch, count = struct.unpack(_COUNT, payload)
        if epoch == self._epoch:
            self._room += count
            self._room_grew.set()

    def plugged(self, payload: bytes) -> None:
        """The cable was put in or pulled (a ``PLUG`` frame's payload)."""
        self.pass_on()
        self._epoch, plugged = struct.unpack(_EPOCH, payload)
        self._plugged = bool(plugged)
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._room = BOARD_TAKES
        self._room_grew.set()
        self._passed_on = 0
        self._on_plug(self._plugged)

    async def give_credit(self) -> None:
        """Tell the board what its clients have taken, for ever."""
        while True:
            await self._written.wait()
            self._written.clear()
            epoch, count = self._epoch, self._passed_on
            self._passed_on = 0
            for connection in list(self._connections):
                await connection.drain()
            while count and epoch == self._epoch:
                part = min(count, 0xFFFF)
                self._send(frames.pack(self._credit, struct.pack(_COUNT, epoch, part)))
                count -= part

    def _tell_connections(self) -> None:
        connections = min(len(self._connections), 255)
        self._send(frames.pack(self._plug, struct.pack(_EPOCH, self._epoch, connections)))
