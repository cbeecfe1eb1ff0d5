"""A board in Python that does what a test tells it: real frames over real ports, faults on demand."""

import os
import selectors
import socket
import threading
import time
import tty
from collections.abc import Callable
from typing import Any

from tests.host.client.scripted_frames import batch, frame

from pumplink import codec, named, numbers, states
from pumplink.frame import FrameReader, FrameWriter
from pumplink.messages import COMMAND, MESSAGES
from pumplink.numbers import ANSWER_BIT
from pumplink.version import PROTOCOL

_COMMANDS = {number for number, _, kind, _ in MESSAGES if kind == COMMAND}
Fields = dict[str, Any]


class ScriptedBoard:
    """Use as a context manager; `url` is its port.

    `carried_out` lists (message name, fields) of every command that took effect. `lose_answers[name] = n`
    does not send the next n answers to a request, `ignore[name] = n` does not even look at the next n.
    """

    def __init__(
        self, over: str = "tcp", unique_id: bytes = b"scripted board 1", schema: int | None = None
    ) -> None:
        self.unique_id = unique_id
        self.capabilities = 64  # simulated
        self.schema = codec.schema_hash() if schema is None else schema
        self.boot = 1
        self.carried_out: list[tuple[str, Fields]] = []
        self.asked: list[str] = []
        self.lose_answers: dict[str, int] = {}
        self.ignore: dict[str, int] = {}
        self.refuse: dict[str, Fields] = {}
        self.logs_boluses = True
        self.stops = 0
        self.state = states.RUNNING
        self.grant = states.COMMAND
        self.repeats_answered = 0
        self.acknowledged_up_to = -1
        self.oldest = 0
        self.next_counter = 0
        self.events: dict[int, Fields] = {}
        self.next_event = 1
        self.segments: dict[int, Fields] = {}
        self.program: Fields = {}
        self._sessions: dict[int, int] = {}
        self._remembered: dict[int, tuple[int, bytes]] = {}
        self._session_count = 0
        self._clock_zero = time.monotonic()
        self._writer = FrameWriter()
        self._sequence = 0
        self._lock = threading.RLock()
        self._over = over
        self._tcp_port = 0
        self._stopping = False

    # --- the port ---

    def __enter__(self) -> "ScriptedBoard":
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug_in(self) -> None:
        """Make the port appear (TCP: the same port as before)."""
        self._stopping = False
        self._connections: list[int] = []
        self._sockets: list[socket.socket] = []
        self._readers: dict[int, FrameReader] = {}
        self._selector = selectors.DefaultSelector()
        self._bell, self._button = os.pipe()
        self._selector.register(self._bell, selectors.EVENT_READ)
        if self._over == "tcp":
            self._listener = socket.create_server(("127.0.0.1", self._tcp_port))
            self._tcp_port = self._listener.getsockname()[1]
            self.url = f"socket://127.0.0.1:{self._tcp_port}"
            self._selector.register(self._listener, selectors.EVENT_READ)
        else:
            master, slave = os.openpty()
            tty.setraw(master)
            self.url = os.ttyname(slave)
            self._slave = slave
            self._attach(master)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Make the port vanish."""
        self._stopping = True
        os.write(self._button, b"!")
        self._thread.join()
        self._selector.close()
        if self._over == "tcp":
            self._listener.close()
            for connection in self._sockets:
                connection.close()
        else:
            os.close(self._slave)
            for descriptor in self._connections:
                os.close(descriptor)
        os.close(self._bell)
        os.close(self._button)

    def reboot(self, boot: int | None = None) -> None:
        """Forget sessions and records, as after a reset; the port stays."""
        with self._lock:
            self.boot = self.boot + 1 if boot is None else boot
            self._sessions.clear()
            self._remembered.clear()
            self._session_count = 0
            self.next_counter = self.oldest = 0
            self.state = states.STOPPED
            self._clock_zero = time.monotonic()

    def _attach(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._connections.append(descriptor)
        self._readers[descriptor] = FrameReader()
        self._selector.register(descriptor, selectors.EVENT_READ)

    def _run(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select():
                if key.fd == self._bell:
                    continue
                if self._over == "tcp" and key.fileobj is self._listener:
                    connection, _address = self._listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._sockets.append(connection)
                    self._attach(connection.fileno())
                    continue
                self._read(key.fd)

    def _read(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, 65536)
        except OSError:
            data = b""
        if not data:
            if self._over == "tcp":
                self._selector.unregister(descriptor)
                self._connections.remove(descriptor)
                gone = next(connection for connection in self._sockets if connection.fileno() == descriptor)
                self._sockets.remove(gone)
                gone.close()
            else:
                time.sleep(0.005)
            return
        reader = self._readers[descriptor]
        reader.feed(data, len(data))
        while reader.next():
            with self._lock:
                self._handle(reader.kind, bytes(reader.payload[: reader.length]))

    def send_bytes(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""
        with self._lock:
            for descriptor in list(self._connections):
                rest = data
                while rest and not self._stopping:
                    try:
                        rest = rest[os.write(descriptor, rest) :]
                    except BlockingIOError:
                        time.sleep(0.001)
                    except OSError:
                        break

    def send(self, kind: int, payload: bytes) -> None:
        """Put a frame on the wire."""
        with self._lock:
            self.send_bytes(frame(kind, payload, self._sequence))
            self._sequence = self._sequence + 1 & 0xFFFF

    # --- what it makes of itself ---

    def make_records(self, count: int, *, lost: bool = False) -> None:
        """Make telemetry records and send them, or keep them in the ring as if the line had lost them."""
        end = self.next_counter + count
        while self.next_counter < end:
            with self._lock:
                size = min(7, end - self.next_counter)
                if not lost:
                    self.send(numbers.TELEMETRY, batch(self.next_counter, size, self.boot))
                self.next_counter += size

    def make_event(self, code: int, a: int = 0, b: int = 0, *, lost: bool = False) -> int:
        """Log an event and send it, or lose it on the line; returns its number."""
        with self._lock:
            number = self.next_event
            self.next_event += 1
            self.events[number] = {
                "number": number, "boot": self.boot, "run": 1, "time_us": self.time_us(),
                "code": code, "priority": 0, "a": a, "b": b,
            }  # fmt: skip
            if not lost:
                self._send_event(number)
            return number

    def _send_events(self, wanted: list[int]) -> None:
        for number in wanted:
            self._send_event(number)

    def _send_event(self, number: int) -> None:
        self._answer(numbers.EVENT, self.events[number], lossy=False)

    def time_us(self) -> int:
        """The board's clock."""
        return int((time.monotonic() - self._clock_zero) * 1e6)

    # --- requests ---

    def _handle(self, kind: int, payload: bytes) -> None:
        name = named.NAMES[kind]
        self.asked.append(name)
        if self.ignore.get(name, 0):
            self.ignore[name] -= 1
            return
        fields = named.to_dict(kind, codec.unpack_from(kind, payload, 0, len(payload)))
        if kind == numbers.HELLO:
            self._answer(kind | ANSWER_BIT, self._hello(fields))
        elif kind == numbers.STATUS:
            answer = {
                "state": self.state,
                "priority": 0,
                "rate_nl_h": 5,
                "delivered_nl": 7,
                "remaining_nl": 9,
            }
            self._answer(kind | ANSWER_BIT, answer | {"time_us": self.time_us()})
        elif kind == numbers.STOP:
            self.stops += 1
            self.state = states.STOPPED
            self._answer(kind | ANSWER_BIT, {"state": self.state, "delivered_nl": 7})
        elif kind in _COMMANDS:
            self._command(kind, fields)
        else:
            self._answer_query(kind, fields)

    def _hello(self, fields: Fields) -> Fields:
        nonce = fields["nonce"]
        if nonce not in self._sessions:
            self._session_count += 1
            self._sessions[nonce] = self.boot * 256 + self._session_count
            self._remembered.clear()
        return {
            "nonce": nonce,
            "protocol": PROTOCOL,
            "schema": self.schema,
            "session": self._sessions[nonce],
            "role": min(self.grant, fields["role"], 1),
            "firmware_major": 0,
            "firmware_minor": 1,
            "firmware_patch": 0,
            "firmware_hash": b"12345678",
            "board": "scripted",
            "unique_id": self.unique_id,
            "capabilities": self.capabilities,
            "boot_count": self.boot,
            "reset_cause": 1,
            "time_us": self.time_us(),
            "tick_hz": 100,
            "telemetry_max_hz": 100,
        }

    def _command(self, kind: int, fields: Fields) -> None:
        name, request = named.NAMES[kind], fields["request"]
        if fields["session"] not in self._sessions.values() or self.grant != states.COMMAND:
            self._refuse(kind, request, code=states.REFUSED_SESSION)
            return
        if request in self._remembered:
            self.repeats_answered += 1
            self._send_answer(name, *self._remembered[request])
            return
        if name in self.refuse:
            self._refuse(kind, request, **self.refuse[name])
            return
        own = {key: value for key, value in fields.items() if key not in ("session", "request")}
        self.carried_out.append((name, own))
        answer: Fields = {"request": request}
        if kind == numbers.PROGRAM_BEGIN:
            self.program, self.segments = own, {}
        elif kind == numbers.PROGRAM_SEGMENT:
            self.segments[own["index"]] = own
        elif kind == numbers.PROGRAM_STAGE:
            answer |= {"digest": b"digested", "volume_nl": 1, "duration_s": 2, "peak_nl_h": 3}
        elif kind == numbers.EVENTS_ACK:
            self.acknowledged_up_to = own["up_to"]
            self.events = {number: event for number, event in self.events.items() if number > own["up_to"]}
        elif kind == numbers.BOLUS and self.logs_boluses:
            self.make_event(states.EVENT_BOLUS_STARTED, own["volume_nl"], own["rate_nl_h"])
        encoded = self._encode(kind | ANSWER_BIT, answer)
        self._remembered[request] = (kind | ANSWER_BIT, encoded)
        self._send_answer(name, kind | ANSWER_BIT, encoded)

    def _answer_query(self, kind: int, fields: Fields) -> None:
        answer: Fields = {"request": fields["request"]}
        follow: Callable[[], None] = lambda: None  # noqa: E731
        if kind == numbers.TIME_SYNC:
            answer |= {"host_us": fields["host_us"], "time_us": self.time_us()}
        elif kind == numbers.TELEMETRY_FETCH:
            first = max(fields["first"], self.oldest)
            count = max(0, min(fields["first"] + fields["count"], self.next_counter) - first)
            answer |= {"first": first, "count": count, "oldest": self.oldest, "next": self.next_counter}
            follow = lambda: self._resend(first, count)  # noqa: E731
        elif kind == numbers.EVENTS_FETCH:
            wanted = sorted(number for number in self.events if number >= fields["first"])
            answer |= {"count": len(wanted), "oldest": min(self.events, default=0), "next": self.next_event}
            follow = lambda: self._send_events(wanted)  # noqa: E731
        elif kind == numbers.PROGRAM_GET:
            answer |= {"digest": b"digested"} | self.program
        elif kind == numbers.PROGRAM_GET_SEGMENT:
            answer |= self.segments[fields["index"]]
        elif kind == numbers.ALARM_LIST:
            answer |= {"latched": 0b101, "present": 0b100}
        elif kind == numbers.LINK_HEALTH:
            answer |= dict.fromkeys(("frames", "bad_frames", "repeated_requests", "dropped_records"), 1)
            answer |= {"late_ticks": 0, "longest_tick_us": 99}
        else:
            self._refuse(kind, fields["request"], code=states.REFUSED_NOTHING)
            return
        self._send_answer(named.NAMES[kind], kind | ANSWER_BIT, self._encode(kind | ANSWER_BIT, answer))
        follow()

    def _resend(self, first: int, count: int) -> None:
        for start in range(first, first + count, 7):
            size = min(7, first + count - start)
            self.send(numbers.TELEMETRY, batch(start, size, self.boot, states.BATCH_BACKFILL))

    def _refuse(self, kind: int, request: int, code: int, **fields: int) -> None:
        answer = {"request": request, "number": kind, "code": code, "field": states.NO_FIELD}
        answer |= {"value": 0, "minimum": 0, "maximum": 0} | fields
        self._send_answer(named.NAMES[kind], numbers.REFUSED, self._encode(numbers.REFUSED, answer))

    def _answer(self, kind: int, fields: Fields, *, lossy: bool = True) -> None:
        encoded = self._encode(kind, fields)
        if lossy:
            self._send_answer(named.NAMES[kind & ~ANSWER_BIT], kind, encoded)
        else:
            self.send(kind, encoded)

    def _send_answer(self, name: str, kind: int, encoded: bytes) -> None:
        if self.lose_answers.get(name, 0):
            self.lose_answers[name] -= 1
            return
        self.send(kind, encoded)

    @staticmethod
    def _encode(kind: int, fields: Fields) -> bytes:
        out = bytearray(codec.size(kind))
        codec.pack_into(kind, out, 0, named.from_dict(kind, fields))
        return bytes(out)
