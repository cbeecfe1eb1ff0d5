"""A pump's link on an emulated board, spoken to in the board's own time."""

import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from pumpbench.client import payloads, records
from pumpbench.client.frames import FrameMaker, FrameSplitter
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.virtual.control_client import ControlPort
from pumplink import numbers

_STEP_US = 50
_LOOK_US = 20_000
FINE_US = 10  # what an answer is timed by
_PATIENCE_US = 20_000_000


class Line:
    """The link's port while time moves by grants alone: what is sent is there before time goes on.

    After the ``with`` block time passes by itself again.
    """

    def __init__(self, board: EmulatedBoard) -> None:
        self.now_us = 0
        self._url = board.repl_port
        self._control = ControlPort(board.control_port)
        self._maker, self._splitter = FrameMaker(), FrameSplitter()
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        self.advance(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._socket.close()
        self._control.close()

    def peek(self, what: str) -> dict[str, Any]:
        """See `EmulatedBoard.peek`."""
        return self._control.ask({"peek": what})

    def advance(self, us: int) -> None:
        """Let time pass."""
        self.now_us = self._control.advance(us)["now_us"]

    def open(self) -> bool:
        """Connect; False while the board shows no port."""
        if not self.peek("chip")["repl"]["shown"]:
            return False
        url = urlsplit(self._url)
        self._socket = socket.create_connection((url.hostname, url.port), timeout=30)
        self._socket.setblocking(False)
        while not self.peek("chip")["repl"]["open"]:
            pass
        return True

    def send(self, frame: bytes) -> None:
        """Send, and return when the bytes are in the bench's hands."""
        assert self._socket is not None
        wanted = self.peek("chip")["repl"]["bytes"] + len(frame)
        self._socket.sendall(frame)
        while self.peek("chip")["repl"]["bytes"] < wanted:
            pass

    def received(self) -> bytes:
        """What has come since this was asked."""
        assert self._socket is not None
        try:
            return self._socket.recv(65536)
        except BlockingIOError:
            return b""

    def power_cut(self) -> None:
        """Cut the power for a moment."""
        self._control.power_cut()

    def frame(self, number: int, **fields: int) -> bytes:
        """A message's frame."""
        return self._maker.make(number, payloads.encode(number, fields))

    def records(self, us: int, look_us: int = _LOOK_US) -> Iterator[tuple[int, int]]:
        """Let time pass; yield counter and time (us) of each telemetry record that comes. The port is read
        every `look_us`."""
        until = self.now_us + us
        while self.now_us < until:
            self.advance(min(look_us, until - self.now_us))
            for frame in self._splitter.feed(self.received()):
                if frame.kind == numbers.TELEMETRY:
                    batch = records.decode_batches([bytes(frame.payload)])
                    yield from zip(batch["counter"].tolist(), batch["time_us"].tolist(), strict=True)

    def await_answer(self, number: int, most_us: int = _PATIENCE_US, step_us: int = _STEP_US) -> bytes | None:
        """The payload of the answer to `number`, None when it does not come in time; it is looked for every
        `step_us`."""
        until = self.now_us + most_us
        while self.now_us < until:
            self.advance(step_us)
            for frame in self._splitter.feed(self.received()):
                if frame.kind == number | numbers.ANSWER_BIT:
                    return frame.payload
        return None
