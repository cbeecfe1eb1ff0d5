"""The control port: JSON lines in, JSON lines out. Grants, faults, refills, power cuts, and a look at the
truth."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from pumpbench.virtual import frames
from pumpbench.virtual.connections import TcpService
from pumpbench.virtual.control_requests import parse
from pumpbench.virtual.errors import ControlError
from pumpbench.virtual.fakes.mux import CONTROL

_LONGEST_LINE = 65_536


class Control:
    """Hands requests to the board by number, one grant at a time; `send` writes one frame to it.

    `ready` is set once the board has its supply.
    """

    def __init__(self, send: Callable[[bytes], None], peeks: tuple[str, ...]) -> None:
        self._send = send
        self._peeks = peeks
        self._number = 0
        self._holders = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._granting = asyncio.Lock()
        self._service = TcpService(self._client)
        self.ready = asyncio.Event()

    async def serve(self) -> int:
        """Listen on a free port of 127.0.0.1, and return it."""
        return await self._service.open(_LONGEST_LINE)

    async def close(self) -> None:
        """Serve no more."""
        await self._service.close()

    def answered(self, payload: bytes) -> None:
        """The board has answered (a ``CONTROL`` frame's payload)."""
        answer = json.loads(payload)
        number = answer.pop("number")
        if number == 0:
            self.ready.set()
        future = self._waiting.pop(number, None)
        if future is not None and not future.done():
            future.set_result(answer)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        granted = False
        with contextlib.suppress(ConnectionError):
            while True:
                try:
                    line = await reader.readline()
                except ValueError:
                    writer.write(_line({"error": f"a line is longer than {_LONGEST_LINE} bytes"}))
                    break
                if not line:
                    break
                try:
                    request = parse(line, self._peeks)
                except ControlError as error:
                    writer.write(_line({"error": str(error)}))
                    continue
                granted = self._hold(request, granted)
                writer.write(_line(await self._answer(request)))
                await writer.drain()
        if granted:
            self._hold_by(-1)
        writer.close()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["what"] != "advance":
            return await self._ask(request)
        async with self._granting:
            return await self._ask(request)

    def _hold(self, request: dict[str, Any], granted: bool) -> bool:
        """Note that a client has begun to grant time; return whether it has."""
        if request["what"] == "advance" and not granted:
            self._hold_by(1)
            return True
        return granted

    def _hold_by(self, change: int) -> None:
        """Tell the board how many clients that have granted time are connected."""
        self._holders += change
        self._number += 1
        request = {"number": self._number, "what": "hold", "holders": self._holders}
        self._send(frames.pack(CONTROL, json.dumps(request).encode()))

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = future
        self._send(frames.pack(CONTROL, json.dumps({"number": self._number, **request}).encode()))
        return await future


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"
