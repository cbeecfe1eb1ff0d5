"""One connection to a served port: something that takes bytes, says when it has passed them on, and can be
closed."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

READ_SIZE = 1024
_SEND_BUFFER = 65_536
Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Connection(Protocol):
    """What TCP sockets and pseudo-terminals have in common."""

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


async def serve_tcp(
    opened: Callable[[Connection], bool],
    received: Callable[[bytes], Awaitable[None]],
    closed: Callable[[Connection], None],
) -> asyncio.Server:
    """Serve a free port of 127.0.0.1; `opened` may turn a client away by returning False."""

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

    return await asyncio.start_server(in_task(client), "127.0.0.1", 0)


def in_task(client: Client) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
    """Serve each client in a task of ours: asyncio's own complains loudly when the loop ends before the
    client."""
    running: set[asyncio.Task[None]] = set()

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(client(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    return start


def port_of(server: asyncio.Server) -> int:
    """Return the port that a server listens on."""
    return int(server.sockets[0].getsockname()[1])
