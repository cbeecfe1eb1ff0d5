"""Served ports: what is left of their clients at the end."""

import asyncio
import contextlib
import gc
import socket
import sys
from typing import Any

import pytest

from pumpbench.virtual.connections import Connection, tcp_service


def test_a_client_that_comes_back_while_the_service_ends_is_ended_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its task would go on after the loop, and complain of it when Python ends."""
    fallen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", fallen.append)
    clients: list[socket.socket] = []
    taken: list[Connection] = []

    async def serve() -> None:
        first = asyncio.Event()

        def opened(connection: Connection) -> bool:
            taken.append(connection)
            first.set()
            return True

        async def received(data: bytes) -> None: ...

        def closed(connection: Connection) -> None:
            taken.remove(connection)
            with contextlib.suppress(ConnectionRefusedError):
                clients.append(socket.create_connection(("127.0.0.1", port)))

        service = tcp_service(opened, received, closed)
        port = await service.open()
        clients.append(socket.create_connection(("127.0.0.1", port)))
        await first.wait()
        await service.close()

    asyncio.run(serve())
    gc.collect()
    assert fallen == []
    assert taken == []
    for client in clients:
        client.close()
