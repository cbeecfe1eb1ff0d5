"""A pseudo-terminal beside the link's TCP port, for programs that want a serial device (POSIX only).

Nobody holds its other end but the program that opens it, so a hang-up shows when it closes. While nobody
has it open the system says "hung up" at every look, so it is looked at now and then only.
"""

import asyncio
import os
import select
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from pumpbench.virtual.connections import READ_SIZE, Connection

_LOOK_S = 0.02

if sys.platform != "win32":
    import pty
    import tty


class PseudoTerminal:
    """Serves `path`, a symbolic link that stays the same while the cable is pulled and put in again."""

    def __init__(
        self,
        path: Path,
        opened: Callable[[Connection], bool],
        received: Callable[[bytes], Awaitable[None]],
        closed: Callable[[Connection], None],
    ) -> None:
        self.path = path
        self._opened = opened
        self._received = received
        self._closed = closed
        self._task: asyncio.Task[None] | None = None

    def set_plugged(self, plugged: bool) -> None:
        """Show the device, or take it away from under whoever has it open."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if plugged:
            self._task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        os.close(slave)
        os.set_blocking(master, False)
        try:
            while True:
                while _hung_up(master):
                    await asyncio.sleep(_LOOK_S)
                await self._serve_user(master)
        finally:
            self.path.unlink(missing_ok=True)
            os.close(master)

    async def _serve_user(self, master: int) -> None:
        """Serve one program, from when it opens the device to when it closes it."""
        connection = _TerminalConnection(master)
        if not self._opened(connection):
            await asyncio.sleep(_LOOK_S)
            return
        try:
            while (data := await connection.read()) is not None:
                await self._received(data)
        finally:
            self._closed(connection)
            connection.close()


class _TerminalConnection:
    """The open device as a `Connection`."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._loop = asyncio.get_running_loop()
        self._rest = bytearray()
        self._empty = asyncio.Event()
        self._empty.set()
        self._ended = False
        self._readable = asyncio.Event()

    @property
    def unsent(self) -> int:
        """See `Connection`."""
        return len(self._rest)

    def write(self, data: bytes) -> None:
        """See `Connection`."""
        if self._ended:
            return
        self._rest += data
        if self._empty.is_set():
            self._pass_on()

    async def drain(self) -> None:
        """See `Connection`."""
        await self._empty.wait()

    def close(self) -> None:
        """See `Connection`."""
        if not self._ended:
            self._ended = True
            self._loop.remove_reader(self._master)
            self._loop.remove_writer(self._master)
            self._rest.clear()
            self._empty.set()
            self._readable.set()

    async def read(self) -> bytes | None:
        """Return what the program wrote, None when it has closed the device."""
        while not self._ended:
            try:
                return os.read(self._master, READ_SIZE)
            except BlockingIOError:
                self._readable.clear()
                self._loop.add_reader(self._master, self._readable.set)
                await self._readable.wait()
                if not self._ended:
                    self._loop.remove_reader(self._master)
            except OSError:
                return None
        return None

    def _pass_on(self) -> None:
        try:
            while self._rest:
                del self._rest[: os.write(self._master, self._rest)]
        except BlockingIOError:
            self._empty.clear()
            self._loop.add_writer(self._master, self._pass_on)
            return
        except OSError:
            self._rest.clear()
        self._loop.remove_writer(self._master)
        self._empty.set()


def _hung_up(master: int) -> bool:
    poll = select.poll()
    poll.register(master, select.POLLIN)
    return any(events & select.POLLHUP for _, events in poll.poll(0))
