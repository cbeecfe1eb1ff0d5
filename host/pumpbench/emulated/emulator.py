"""The emulator's process as seen from the bench: one question after the other, each answered before the next.

The frames are listed in ``chip/main.mjs``.
"""

import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pumpbench.virtual.errors import BoardDied

_HEADER = "<cI"
_HEADER_SIZE = struct.calcsize(_HEADER)
_STATE = "<ddd"
_STATE_SIZE = struct.calcsize(_STATE)
_PRESENT, _WRITE, _READ, _MEASURE = range(4)


class Surroundings(Protocol):
    """What stands around the chip; called while its time passes."""

    def reached(self, cycle: int, position: int, made: int) -> None:
        """Time has come to `cycle` of the bench; the motor is at `position`, and has made `made` steps."""

    def i2c_present(self, address: int) -> bool:
        """Return whether a device acknowledges its address."""

    def i2c_write(self, address: int, data: bytes) -> bool:
        """Take what was written; return whether it was acknowledged."""

    def i2c_read(self, address: int, count: int) -> bytes:
        """Return up to `count` bytes; none when the device does not acknowledge."""

    def measure(self, channel: int) -> int:
        """Return what the ADC reads, 0..4095."""

    def shown(self, ports: int) -> None:
        """The chip's USB shows this many serial ports now; 0: it is gone."""

    def received(self, port: int, data: bytes) -> None:
        """The chip sent `data` through a serial port."""

    def taken(self, port: int, count: int) -> None:
        """The chip has taken `count` bytes of what was written to it."""

    def wire(self, pin: int, level: int) -> None:
        """The chip changed a reported output."""

    def event(self) -> None:
        """The firmware has logged an event."""

    def came_up(self, cause: int) -> None:
        """The chip came out of reset."""


class Emulator:
    """The process. `run` and `peek` wait for its answer; everything else acts when time passes next.

    Raises:
        BoardDied: from every method: the process has ended.
    """

    def __init__(
        self, node: str, program: Path, config: dict[str, Any], folder: Path, around: Surroundings
    ) -> None:
        path = folder / "emulator.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        self._around = around
        self._process = subprocess.Popen(
            [node, str(program), str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=folder,
        )  # fmt: skip
        self._to_send = bytearray()
        self._received = bytearray()
        self._handlers: dict[bytes, Callable[[bytes], None]] = {
            b"u": lambda payload: around.received(payload[0], payload[1:]),
            b"t": lambda payload: around.taken(payload[0], payload[1]),
            b"p": lambda payload: around.shown(payload[0]),
            b"x": lambda payload: around.came_up(payload[0]),
            b"e": lambda _: around.event(),
            b"w": lambda payload: around.wire(payload[0], payload[1]),
            b"m": lambda payload: print(f"emulator: {payload.decode()}", flush=True),
            b"q": self._answer,
        }

    def run(self, cycle: int) -> bool:
        """Let the chip's time pass up to `cycle`; False when its supply failed on the way.

        It comes back earlier, at the end of a millisecond, when in that the motor has turned or the chip has
        sent something.
        """
        self._queue(b"R", struct.pack("<d", cycle))
        payload = self._until(b"d")
        self._reach(payload)
        return not payload[_STATE_SIZE]

    def peek(self, what: str) -> dict[str, Any]:
        """Return what a test may know (``chip/peek.mjs``)."""
        self._queue(b"P", json.dumps({"what": what}).encode())
        told: dict[str, Any] = json.loads(self._until(b"j"))
        return told

    def write(self, port: int, data: bytes) -> None:
        """Send `data` to a serial port of the chip."""
        self._queue(b"W", bytes((port,)) + data)

    def give(self, port: int, count: int) -> None:
        """Whoever reads a serial port will take `count` bytes more."""
        self._queue(b"G", struct.pack("<BI", port, count))

    def set_open(self, port: int, is_open: bool) -> None:
        """Show the chip whether a program has a serial port open."""
        self._queue(b"O", bytes((port, is_open)))

    def drive(self, pin: int, level: int) -> None:
        """Drive a wire to 0 or 1, or let it float."""
        self._queue(b"L", bytes((pin, level)))

    def set_cable(self, is_in: bool) -> None:
        """Put the USB cable in, or pull it."""
        self._queue(b"C", bytes((is_in,)))

    def set_supply(self, on: bool) -> None:
        """Switch the chip's supply."""
        self._queue(b"S", bytes((on,)))

    def fail_after(self, flash_bytes: int) -> None:
        """Let the supply fail in the midst of a flash write, after that many bytes."""
        self._queue(b"F", struct.pack("<i", flash_bytes))

    def check(self) -> None:
        """See that the process is there, while nothing is asked of it."""
        if self._process.poll() is not None:
            self._died()

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    # --- frames ---

    def _queue(self, kind: bytes, payload: bytes) -> None:
        self._to_send += struct.pack(_HEADER, kind, len(payload)) + payload

    def _until(self, last: bytes) -> bytes:
        """Send what is queued; serve all that comes until a frame of kind `last`, and return that."""
        self._send(bytes(self._to_send))
        self._to_send.clear()
        while True:
            kind, payload = self._next()
            if kind == last:
                return payload
            self._handlers[kind](payload)

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._process.stdin.write(rest) or 0 :]
        except OSError:
            self._died()

    def _next(self) -> tuple[bytes, bytes]:
        assert self._process.stdout is not None
        while True:
            if len(self._received) >= _HEADER_SIZE:
                kind, length = struct.unpack_from(_HEADER, self._received)
                end = _HEADER_SIZE + length
                if len(self._received) >= end:
                    payload = bytes(self._received[_HEADER_SIZE:end])
                    del self._received[:end]
                    return kind, payload
            data = self._process.stdout.read(65536)
            if not data:
                self._died()
            self._received += data

    def _died(self) -> None:
        raise BoardDied(f"the emulator's process ended with code {self._process.wait()}")

    def _reach(self, payload: bytes) -> None:
        cycle, position, made = struct.unpack_from(_STATE, payload)
        self._around.reached(int(cycle), int(position), int(made))

    def _answer(self, payload: bytes) -> None:
        self._reach(payload)
        what, *arguments = payload[_STATE_SIZE:]
        around = self._around
        if what == _PRESENT:
            answer = bytes((around.i2c_present(arguments[0]),))
        elif what == _WRITE:
            answer = bytes((around.i2c_write(arguments[0], bytes(arguments[1:])),))
        elif what == _READ:
            answer = around.i2c_read(arguments[0], arguments[1])
        else:
            assert what == _MEASURE
            answer = struct.pack("<H", around.measure(arguments[0]))
        # At once, ahead of all that is queued: the chip waits for it in the middle of its time.
        self._send(struct.pack(_HEADER, b"A", len(answer)) + answer)
