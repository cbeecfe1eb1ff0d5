"""A second host of the link, written from docs/protocol.md alone.

It shares no line with pumplink and pumpbench.client, so whatever both agree on is what the page says.
The headings below are the page's. It is plain and blocking: one socket, one request at a time.
"""

import secrets
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.support.protocol_page import Fields, Message, ProtocolPage

# --- Frames ---

LARGEST_PAYLOAD = 496
LARGEST_FRAME = 520
_SMALLEST_BODY = 7  # type, sequence, CRC

HELLO, STATUS, STOP = 0x01, 0x02, 0x53
ANSWER = 0x80  # this bit makes a request's number that of its answer
REFUSED, TELEMETRY, EVENT = 0xFF, 0xC0, 0xC1
STOP_FRAME = bytes.fromhex("00 02 53 01 05 FB 49 BB 91 00")


class FrameError(ValueError):
    """The bytes between two zeros are no frame."""


@dataclass(frozen=True)
class Frame:
    """What a frame carries."""

    number: int
    sequence: int
    payload: bytes


def cobs_encode(data: bytes) -> bytes:
    """Replace the zeros of `data`."""
    encoded = bytearray()
    rest = data
    while True:
        zero = rest.find(0, 0, 254)
        if zero >= 0:
            encoded += bytes([zero + 1]) + rest[:zero]
            rest = rest[zero + 1 :]
        elif len(rest) >= 254:
            encoded += b"\xff" + rest[:254]
            rest = rest[254:]
            if not rest:
                return bytes(encoded)
        else:
            return bytes(encoded) + bytes([len(rest) + 1]) + rest


def cobs_decode(encoded: bytes) -> bytes:
    """Put the zeros back.

    Raises:
        FrameError: a block is longer than what is left, or has a zero in it.
    """
    data = bytearray()
    at = 0
    while at < len(encoded):
        code = encoded[at]
        block = encoded[at + 1 : at + code]
        if code == 0 or len(block) != code - 1 or 0 in block:
            raise FrameError(f"no block at byte {at}: {encoded.hex(' ')}")
        data += block
        at += code
        if code < 255 and at < len(encoded):
            data.append(0)
    return bytes(data)


def encode_frame(number: int, sequence: int, payload: bytes) -> bytes:
    """Return a whole frame, with both zeros."""
    body = struct.pack("<BH", number, sequence) + payload
    return b"\0" + cobs_encode(body + struct.pack("<I", zlib.crc32(body))) + b"\0"


def decode_frame(encoded: bytes) -> Frame:
    """Decode what stands between two zeros.

    Raises:
        FrameError: it is no frame.
    """
    body = cobs_decode(encoded)
    if not _SMALLEST_BODY <= len(body) <= _SMALLEST_BODY + LARGEST_PAYLOAD:
        raise FrameError(f"{len(body)} bytes after decoding")
    if zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "little"):
        raise FrameError(f"its CRC-32 is another one: {body.hex(' ')}")
    number, sequence = struct.unpack_from("<BH", body)
    return Frame(number, sequence, body[3:-4])


class FrameReader:
    """Cuts a stream of bytes into frames.

    Attributes:
        bad_frames: how many were thrown away.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self._bytes = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> list[Frame]:
        """Take some bytes; return the frames that they complete."""
        frames = []
        for byte in data:
            if byte:
                self._collect(byte)
                continue
            if self._bytes and not self._too_long:
                try:
                    frames.append(decode_frame(bytes(self._bytes)))
                except FrameError:
                    self.bad_frames += 1
            self._bytes.clear()
            self._too_long = False
        return frames

    def _collect(self, byte: int) -> None:
        if self._too_long:
            return
        self._bytes.append(byte)
        if len(self._bytes) > LARGEST_FRAME - 2:
            self._too_long = True
            self.bad_frames += 1


class LossCounter:
    """Adds up the sequence numbers that were left out."""

    def __init__(self) -> None:
        self.lost = 0
        self._next: int | None = None

    def take(self, frame: Frame) -> None:
        """Count a frame; a hello's answer begins the count anew, a stop frame stands outside it."""
        if frame.number == STOP:
            return
        if self._next is not None and frame.number != HELLO | ANSWER:
            left_out = (frame.sequence - self._next) % 0x10000
            self.lost += left_out if left_out < 0x8000 else 0
        self._next = (frame.sequence + 1) % 0x10000


# --- Telemetry and back-fill ---

WIDE_FIELDS = ("time_us", "commanded_nl", "counted_nl", "measured_nl", "steps")


def _signed32(difference: int) -> int:
    return (difference + 0x80000000) % 0x100000000 - 0x80000000


def decode_telemetry(page: ProtocolPage, payload: bytes) -> list[Fields]:
    """Return a batch's records, each with its wide fields in full, its counter, and the header's other
    fields.

    The batch's own flags are called ``batch_flags``.
    """
    message = page.messages["telemetry"]
    assert message.record is not None
    header = message.layout.unpack(payload)
    full = {name: header[name] for name in WIDE_FIELDS}
    records: list[Fields] = []
    low = dict[str, int]()
    for i in range((len(payload) - message.layout.size) // message.record.size):
        record = message.record.unpack(payload, message.layout.size + i * message.record.size)
        for name in WIDE_FIELDS:
            if i > 0:
                full[name] += _signed32(record[name] - low[name])
            low[name] = record[name]
        of_batch = {name: header[name] for name in ("boot", "run", "rate_hz")}
        whose = {"counter": header["counter"] + i, "batch_flags": header["flags"]}
        records.append({**record, **full, **of_batch, **whose})
    return records


# --- The host ---


class RefusedError(Exception):
    """The board refused a request: the fields of ``refused``."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(str(fields))
        self.fields = fields


class NoAnswerError(Exception):
    """The board did not answer, however often it was asked."""


class SecondHost:
    """One connection to a board on TCP.

    Attributes:
        session: the token, 0 before `hello`.
        records: the telemetry records that came, live and back-filled; events: the events.
        heard_bytes: all that came, as it came.
    """

    REPEAT_AFTER_S = 5.0  # longer than the page's second: on a busy machine a test must not add repeats
    REPEATS = 3

    def __init__(self, port: str, page: ProtocolPage) -> None:
        host, _, number = port.removeprefix("socket://").rpartition(":")
        self._socket = socket.create_connection((host, int(number)))
        self._page = page
        self._reader = FrameReader()
        self._loss = LossCounter()
        self._sequence = 0
        self._request = 0
        self.session = 0
        self.records: list[Fields] = []
        self.events: list[Fields] = []
        self.heard_bytes = b""

    @property
    def lost_frames(self) -> int:
        """Frames of the board that did not come, or came damaged."""
        return self._loss.lost + self._reader.bad_frames

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    # --- what needs no session ---

    def hello(self, role: str, nonce: int | None = None) -> Fields:
        """Begin a session in a role of the page's `Roles of a session`; return ``hello_answer``."""
        fields = {
            "protocol": 1,
            "schema": self._page.schema,
            "nonce": nonce or secrets.randbelow(0xFFFFFFFF) + 1,
            "role": self._page.names("Roles of a session")[role],
        }
        payload = self._page.messages["hello"].layout.pack(fields)
        answer = self._exchange(HELLO, payload, lambda frame: _starts(frame, HELLO | ANSWER, fields["nonce"]))
        found = self._page.messages["hello_answer"].layout.unpack(answer.payload)
        if found["session"] != self.session:
            self.session = found["session"]
            # Who observes may share the link with who commands: other ids tell their answers apart.
            self._request = 0 if found["role"] else secrets.randbelow(1 << 31)
        return found

    def status(self) -> Fields:
        """Ask for ``status_answer``."""
        answer = self._exchange(STATUS, b"", lambda frame: frame.number == STATUS | ANSWER)
        return self._page.messages["status_answer"].layout.unpack(answer.payload)

    def stop(self) -> Fields:
        """Stop the pump; return ``stop_answer``."""
        answer = self._exchange(STOP, b"", lambda frame: frame.number == STOP | ANSWER)
        return self._page.messages["stop_answer"].layout.unpack(answer.payload)

    # --- Requests, at most once ---

    @property
    def last_request(self) -> int:
        """The id of the last request."""
        return self._request

    def ask(self, name: str, /, **fields: int | bytes) -> Fields:
        """Send a request and return its answer.

        Raises:
            RefusedError: the board refused it.
            NoAnswerError: it did not answer.
        """
        self._request += 1
        return self.repeat(name, self._request, **fields)

    def repeat(self, name: str, request: int, /, **fields: int | bytes) -> Fields:
        """Send a request under an id that it may have had before; see `ask`."""
        message, payload = self._request_of(name, request, fields)
        number = message.number | ANSWER
        frame = self._exchange(
            message.number,
            payload,
            lambda frame: _starts(frame, number, request) or self._refuses(frame, message.number, request),
        )
        if frame.number != number:
            raise RefusedError(self._page.messages["refused"].layout.unpack(frame.payload))
        if number not in self._page.by_number:
            return {"request": request}  # the plain answer
        return self._page.by_number[number].layout.unpack(frame.payload)

    def send_together(self, name: str, requests: Iterable[tuple[int, Fields]]) -> None:
        """Send several requests, each an id and its fields, in one write, and do not wait for answers."""
        frames = b""
        for request, fields in requests:
            message, payload = self._request_of(name, request, fields)
            frames += self._frame(message.number, payload)
        self._socket.sendall(frames)

    # --- streams ---

    def listen(self, enough: Callable[[], bool]) -> None:
        """Take what the board sends of itself until there is enough of it.

        Raises:
            NoAnswerError: nothing more came.
        """
        while not enough():
            if not self._hear(self.REPEAT_AFTER_S * self.REPEATS):
                raise NoAnswerError("the board sends nothing more")

    def missing_counters(self) -> list[int]:
        """The counters between the first and the last record that did not come."""
        have = {record["counter"] for record in self.records}
        return [counter for counter in range(min(have), max(have)) if counter not in have]

    # --- the wire ---

    def _request_of(self, name: str, request: int, fields: Fields) -> tuple[Message, bytes]:
        message = self._page.messages[name]
        return message, message.layout.pack({"session": self.session, "request": request, **fields})

    def _exchange(self, number: int, payload: bytes, answers: Callable[[Frame], bool]) -> Frame:
        """Send until a frame comes that answers."""
        for _ in range(self.REPEATS):
            self._socket.sendall(self._frame(number, payload))
            deadline = time.monotonic() + self.REPEAT_AFTER_S
            while (left := deadline - time.monotonic()) > 0:
                if answer := next((frame for frame in self._hear(left) if answers(frame)), None):
                    return answer
        raise NoAnswerError(f"no answer to message 0x{number:02x}")

    def _frame(self, number: int, payload: bytes) -> bytes:
        """The next frame of this side; a stop frame is always the same and stands outside the count."""
        if number == STOP:
            return STOP_FRAME
        frame = encode_frame(number, self._sequence, payload)
        self._sequence = (self._sequence + 1) % 0x10000
        return frame

    def _hear(self, timeout_s: float) -> list[Frame]:
        """Wait for whole frames and take them in; return them, none when time is up."""
        self._socket.settimeout(timeout_s)
        frames: list[Frame] = []
        while not frames:
            try:
                data = self._socket.recv(4096)
            except TimeoutError:
                return []
            if not data:
                raise NoAnswerError("the board has hung up")
            self.heard_bytes += data
            frames = self._reader.feed(data)
        for frame in frames:
            self._take(frame)
        return frames

    def _take(self, frame: Frame) -> None:
        self._loss.take(frame)
        if frame.number == TELEMETRY:
            self.records += decode_telemetry(self._page, frame.payload)
        elif frame.number == EVENT:
            self.events.append(self._page.messages["event"].layout.unpack(frame.payload))

    def _refuses(self, frame: Frame, number: int, request: int) -> bool:
        if frame.number != REFUSED:
            return False
        fields = self._page.messages["refused"].layout.unpack(frame.payload)
        return bool(fields["request"] == request and fields["number"] == number)


def _starts(frame: Frame, number: int, value: int) -> bool:
    """Whether it is message `number` and its first field, a u32, is `value`."""
    return frame.number == number and struct.unpack_from("<I", frame.payload) == (value,)
