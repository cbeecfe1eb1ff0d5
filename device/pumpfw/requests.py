"""From a whole frame to its answer: layout, session, at-most-once, ranges, and then the one handler.

A command is carried out at most once: its answer is remembered under its request id, and a repeat gets that
answer again. Whatever is not carried out is answered by ``refused``, which says why.
"""

from binascii import crc32

from pumpfw.board_time import now_us
from pumpfw.errors import Refused, StorageFault
from pumpfw.session import REPEATED, STALE, Sessions
from pumpfw.status import SIZE, put_status
from pumplink import codec
from pumplink.errors import LayoutError
from pumplink.frame import MAX_PAYLOAD
from pumplink.numbers import ANSWER_BIT, HELLO, PORT_RELEASE, REFUSED, STATUS, STOP, U32
from pumplink.states import (
    NO_FIELD,
    REFUSED_BUSY,
    REFUSED_LAYOUT,
    REFUSED_RANGE,
    REFUSED_SCHEMA,
    REFUSED_SESSION,
    REFUSED_STALE,
    REFUSED_UNKNOWN,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence
    from typing import Any

    from pumpfw.commands import Commands
    from pumpfw.handshake import Handshake
    from pumpfw.pump import Pump
    from pumpfw.session import Answer, Session

_MOST = (1 << 63) - 1
_SMALL = 0x3FFFFFFF  # what is remembered of a command takes the same room whatever it said


class Requests:
    """After ``handle`` the answer's payload is ``answer[:length]``."""

    def __init__(
        self,
        board: "Any",
        cells: "array[int]",
        pump: "Pump",
        handshake: "Handshake",
        commands: "Commands",
        sessions: Sessions,
    ) -> None:
        self.answer = bytearray(MAX_PAYLOAD)
        self.length = 0
        self._board = board
        self._cells = cells
        self._pump = pump
        self._handshake = handshake
        self._commands = commands
        self._sessions = sessions

    def handle(self, number: int, payload: memoryview, length: int) -> int:
        """Do what the frame asks; returns the number of the answer, 0 when there is none."""
        if number >= ANSWER_BIT:
            return 0  # no request: an answer to it, on a line that echoes, would never end
        if number == STOP:  # with whatever payload
            return self._pack(STOP, self._handshake.stop())
        if number == STATUS and not length:
            put_status(self._cells, self.answer, 0, self._board.ticks_us())
            self.length = SIZE
            return STATUS | ANSWER_BIT
        try:
            values = codec.unpack_from(number, payload, 0, length)
        except LayoutError:
            known = codec.kind(number) >= 0
            request = int.from_bytes(payload[4:8], "little") if length >= 8 else 0
            return self._refuse(number, request, Refused(REFUSED_LAYOUT if known else REFUSED_UNKNOWN))
        if number == PORT_RELEASE:
            return self._pack(PORT_RELEASE, self._commands.port_release())
        if number == HELLO:
            return self._hello(values)
        return self._request(number, values, payload, length)

    def _hello(self, values: "list[Any]") -> int:
        try:
            _check_range(HELLO, values, 0)
        except Refused as refused:
            return self._refuse(HELLO, 0, refused)
        return self._pack(HELLO, self._handshake.hello(values))

    def _request(self, number: int, values: "list[Any]", payload: memoryview, length: int) -> int:
        token, request = values[0], values[1]
        if not request:
            return self._refuse(number, 0, Refused(REFUSED_RANGE, NO_FIELD, 0, 1, U32))
        session = self._sessions.commander(token)
        if session:
            self._sessions.heard(now_us(self._board, self._pump.readings) // 1_000_000)
        if codec.kind(number) == codec.COMMAND:
            if not session:
                code = REFUSED_SESSION if self._sessions.fits(token) else REFUSED_SCHEMA
                return self._refuse(number, request, Refused(code))
            return self._once(session, number, values, crc32(payload[:length], number) & _SMALL)
        return self._carry_out(number, values)

    def _once(self, session: "Session", number: int, values: "list[Any]", fingerprint: int) -> int:
        request = values[1]
        found, answer = session.window.look_up(request, fingerprint)
        if found == STALE:
            return self._refuse(number, request, Refused(REFUSED_STALE))
        if found == REPEATED and answer:
            self._commands.repeated += 1
            return self._repeat(answer)
        kind = self._carry_out(number, values)
        session.window.remember(request, fingerprint, (kind, bytes(memoryview(self.answer)[: self.length])))
        return kind

    def _carry_out(self, number: int, values: "list[Any]") -> int:
        request = values[1]
        try:
            _check_range(number, values, 2)
            return self._pack(number, [request] + list(self._commands.handlers[number](values[2:])))
        except Refused as refused:
            return self._refuse(number, request, refused)
        except StorageFault:
            # The pump raises its own alarm for a journal that fails; this request was not carried out.
            return self._refuse(number, request, Refused(REFUSED_BUSY))

    def _pack(self, number: int, values: "Sequence[Any]") -> int:
        self.length = codec.pack_into(number | ANSWER_BIT, self.answer, 0, values)
        return number | ANSWER_BIT

    def _repeat(self, answer: "Answer") -> int:
        self.length = len(answer[1])
        self.answer[: self.length] = answer[1]
        return answer[0]

    def _refuse(self, number: int, request: int, why: Refused) -> int:
        values = [request, number, why.code, why.field, _cut(why.value), _cut(why.minimum), _cut(why.maximum)]
        self.length = codec.pack_into(REFUSED, self.answer, 0, values)
        return REFUSED


def _check_range(number: int, values: "list[Any]", first: int) -> None:
    field = codec.check(number, values, first)
    if field >= 0:
        minimum, maximum = codec.limits(number, first + field)
        raise Refused(REFUSED_RANGE, field, values[first + field], minimum, maximum)


def _cut(value: int) -> int:
    return max(-_MOST, min(_MOST, value))
