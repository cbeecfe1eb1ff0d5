"""The served end of a serial port, such as the link: every client hears all that the board sends, and what
clients send is merged.

Bytes are held back on both ways by credit (see ``fakes/mux.py``): the board's, until the slowest client
has taken them; a client's, until the firmware has read what came before.

A client that has stopped to read (a process that was halted, say) holds the board back for `PATIENCE_S` at
most while others read on. After that it misses what the board sends, as at a real port whose host does not
read, until it has taken what was kept for it.
"""

import asyncio
import struct
import time
from collections.abc import Callable
from typing import Any

from pumpbench.virtual import frames
from pumpbench.virtual.connections import Connection
from pumpbench.virtual.fakes.mux import LINK_PORT

BOARD_TAKES = 2048  # bytes that the board keeps for its firmware to read
PATIENCE_S = 2.0  # below the time that a client waits for its first answer
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
        self._halted: set[Connection] = set()
        self._connections_changed = asyncio.Event()
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
            self._halted.discard(connection)
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
        self._halted = {one for one in self._halted if one.unsent}
        for connection in self._connections:
            if connection not in self._halted:
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
        self._halted.clear()
        self._connections_changed.set()
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
            await self._taken()
            while count and epoch == self._epoch:
                part = min(count, 0xFFFF)
                self._send(frames.pack(self._credit, struct.pack(_COUNT, epoch, part)))
                count -= part

    async def _taken(self) -> None:
        """Return when the clients have taken what was written; one that does not is not waited for longer
        than `PATIENCE_S`, unless there is no other.
        """
        since = time.monotonic()
        while True:
            readers = [one for one in self._connections if one not in self._halted]
            behind = [one for one in readers or self._connections if one.unsent]
            if not behind:
                return
            left_s = PATIENCE_S - (time.monotonic() - since)
            if left_s <= 0 and len(behind) < len(readers):
                self._halted.update(behind)
                return
            await self._wait(behind, left_s if left_s > 0 else None)

    async def _wait(self, connections: list[Connection], timeout_s: float | None) -> None:
        """Return when one of these has taken everything, or one comes or goes, or after `timeout_s`."""
        self._connections_changed.clear()
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(connection.drain()) for connection in connections
        ]
        tasks.append(asyncio.create_task(self._connections_changed.wait()))
        try:
            await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def _tell_connections(self) -> None:
        self._connections_changed.set()
        connections = min(len(self._connections), 255)
        self._send(frames.pack(self._plug, struct.pack(_EPOCH, self._epoch, connections)))
