"""One connection to a served port: something that takes bytes, says when it has passed them on, and can be
closed."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

READ_SIZE = 1024
_SEND_BUFFER = 65_536
_READ_AHEAD = 65_536
Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Connection(Protocol):
    """What TCP sockets and pseudo-terminals have in common."""

    @property
    def unsent(self) -> int:
        """How many of the written bytes have not been passed on yet."""

    def write(self, data: bytes) -> None:
        """Take `data` at once; keeps what cannot be passed on yet."""

    async def drain(self) -> None:
        """Return when all that was written has been passed on, or the connection is gone."""

    def close(self) -> None:
        """End the connection."""


class TcpConnection:
    """A TCP client."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        # Without a buffer of ours, "drained" means that the system has taken every byte; its own is kept
        # small.
        writer.transport.set_write_buffer_limits(high=0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    @property
    def unsent(self) -> int:
        """See `Connection`."""
        return self._writer.transport.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        """See `Connection`."""
        if not self._writer.is_closing():
            self._writer.write(data)

    async def drain(self) -> None:
        """See `Connection`."""
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    def close(self) -> None:
        """See `Connection`."""
        self._writer.close()


class TcpService:
    """A port of 127.0.0.1 that is listened on, each client in a task of its own, until it is closed.

    asyncio's own tasks for clients complain loudly when the loop ends before the client; ours are ended
    before it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._closing = False

    async def open(self, read_ahead: int = _READ_AHEAD) -> int:
        """Listen on a free port, and return it. So many bytes are read ahead, or may a line be long."""
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0, limit=read_ahead)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Take no more clients, and end those that there are."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closing:  # it was taken on just before: a task of now would outlive the loop
            writer.close()
            return
        task = asyncio.get_running_loop().create_task(self._client(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def tcp_service(
    opened: Callable[[Connection], bool],
    received: Callable[[bytes], Awaitable[None]],
    closed: Callable[[Connection], None],
) -> TcpService:
    """Serve `Connection`s by TCP; `opened` may turn a client away by returning False."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = TcpConnection(writer)
        if not opened(connection):
            connection.close()
            return
        try:
            while data := await reader.read(READ_SIZE):
                await received(data)
        except ConnectionError:
            pass  # a client that was killed resets its connection: closed like any other
        finally:
            closed(connection)
            connection.close()

    return TcpService(client)
