"""A session with a board: hello, requests with rising ids, repeats, answers, refusals. Knows no port and no
thread.

A request goes out at most once a session from the board's point of view: a repeat carries the same id and
bytes, and the board answers it again without carrying it out again. After a lost link the host says hello
with the same nonce; when the board still knows it, it gives the same token and the repeats simply go on. Only
when the session is gone (the board restarted, or another host took over) the fate of a command under way is
unknown: it becomes an orphan, is never sent again, and the caller is told.

Commands go one at a time, so that none is overtaken; queries may be under way beside them.
"""

import itertools
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from pumpbench.client import payloads
from pumpbench.client.errors import AnswerTimeout, ClientError, DeviceLost, GivenUp, Mismatch
from pumpbench.client.outbox import MOVES
from pumpbench.client.refusals import refusal
from pumplink import codec
from pumplink.errors import LayoutError
from pumplink.numbers import ANSWER_BIT, HELLO, REFUSED, STATUS, U32
from pumplink.states import COMMAND, OBSERVE, REFUSED_SESSION, TAKE_OVER
from pumplink.version import PROTOCOL

UNDER_WAY = 8  # at once; the board remembers the last 16 commands
Fields = dict[str, Any]
Answer = Future[Fields]


class Ask:
    """One request on its way; `future` gets the answer's fields or the exception."""

    def __init__(self, number: int, fields: Mapping[str, Any], deadline: float) -> None:
        self.number = number
        self.fields = dict(fields)
        self.deadline = deadline
        self.is_command = number in payloads.COMMANDS
        self.future: Answer = Future()
        self.request = 0
        self.payload = b""
        self.times_sent = 0
        self.resend_at = 0.0
        self.round_trip_s = 0.0
        self.sent_at = 0.0
        self.since = (0, 0, 0)  # next event number, boot and board time (us) when it was asked

    @property
    def name(self) -> str:
        """The message's name."""
        return payloads.NAMES[self.number]

    def fail(self, error: ClientError) -> None:
        """Give the caller the exception, unless the answer came first."""
        if not self.future.done():
            self.future.set_exception(error)


class Session:
    """Not thread-safe: the link calls it under its lock. `send` takes a message number and a payload."""

    def __init__(self, role: int, send: Callable[[int, bytes], None], repeat_s: float) -> None:
        self.role = role
        self.repeat_s = repeat_s
        self._send = send
        self.nonce = _new_nonce()
        self.token = 0
        self.granted = OBSERVE
        self.fits = False
        self._misfit = Mismatch("the firmware does not fit this program")  # until a board has said how
        self.up = False
        self.repeats = 0
        self.orphans: list[Ask] = []
        self._ids = _new_ids()
        self._waiting: deque[Ask] = deque()
        self._under_way: dict[int, Ask] = {}
        self._looks: list[Ask] = []  # status requests: their answers carry no id

    # --- the handshake ---

    def greet(self) -> None:
        """Say hello; the same nonce until the board answers."""
        self.up = False
        hello = {"protocol": PROTOCOL, "schema": codec.schema_hash(), "nonce": self.nonce, "role": self.role}
        self._send(HELLO, payloads.encode(HELLO, hello))

    def welcome(self, answer: Fields) -> bool:
        """Take the answer to hello; returns whether the session of before goes on.

        Requests under way are repeated in a session that goes on. In a new one queries are asked anew, and
        commands that may have reached the board become `orphans`.
        """
        resumed = self.token != 0 and answer["session"] == self.token
        self.granted = answer["role"]
        if self.granted == COMMAND:
            self.role = COMMAND  # taking over is done once: two hosts would go on taking it from each other
        self.fits = answer["protocol"] == PROTOCOL and answer["schema"] == codec.schema_hash()
        self.up = True
        if not resumed:
            self.token = answer["session"]
            self._begin_anew()
        if not self.fits:
            self._misfit = _mismatch(answer)
            self._fail_all(self._misfit)
            return resumed
        now = time.monotonic()
        for ask in [*self._under_way.values(), *self._looks]:
            self._transmit(ask, now)
        self._send_more(now)
        return resumed

    @property
    def displaced(self) -> bool:
        """Whether a command was wanted but the board gave a look only."""
        return self.up and self.role != OBSERVE and self.granted != COMMAND

    def take_over(self) -> None:
        """Take the command from whoever has it, at the next hello."""
        self.role = TAKE_OVER
        self.change_nonce()

    def change_nonce(self) -> None:
        """Ask for a session of its own at the next hello: a nonce that was retired gets none again."""
        self.nonce = _new_nonce()

    def _begin_anew(self) -> None:
        before = sorted(self._under_way.values(), key=lambda ask: ask.request)
        self._under_way.clear()
        self._ids = _new_ids()
        self.orphans += [ask for ask in before if ask.is_command]
        queries = [ask for ask in before if not ask.is_command]
        for ask in queries:
            ask.request = ask.times_sent = 0
        self._waiting.extendleft(reversed(queries))

    # --- requests ---

    def ask(self, number: int, fields: Mapping[str, Any], timeout_s: float) -> Ask:
        """Send a request as soon as it may go; raises `OutOfRange` for a value that cannot be sent."""
        ask = Ask(number, fields, time.monotonic() + timeout_s)
        if number == STATUS:
            self._looks.append(ask)
            if self.up:
                self._transmit(ask, time.monotonic())
            return ask
        payloads.encode(number, {**ask.fields, "session": self.token, "request": 1})
        if self.up and not self.fits:
            ask.fail(self._misfit)
            return ask
        self._waiting.append(ask)
        if self.up:
            self._send_more(time.monotonic())
        return ask

    def give_up_moves(self) -> bool:
        """Never send a waiting request to move (again), because of a stop; says whether one had been sent."""
        moves = [ask for ask in [*self._under_way.values(), *self._waiting] if ask.number in MOVES]
        for ask in moves:
            self._under_way.pop(ask.request, None)
            if ask in self._waiting:
                self._waiting.remove(ask)
            fate = ": it may have begun before the stop" if ask.times_sent else ": it was not sent"
            ask.fail(GivenUp(f"{ask.name} was given up for a stop{fate}"))
        return any(ask.times_sent for ask in moves)

    @property
    def awaits(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._under_way or self._looks)

    def _send_more(self, now: float) -> None:
        command_under_way = any(ask.is_command for ask in self._under_way.values())
        held: list[Ask] = []
        while self._waiting and len(self._under_way) < UNDER_WAY:
            ask = self._waiting.popleft()
            if ask.is_command and command_under_way:
                held.append(ask)
                continue
            command_under_way |= ask.is_command
            ask.request = next(self._ids)
            numbered = {**ask.fields, "session": self.token, "request": ask.request}
            ask.payload = payloads.encode(ask.number, numbered)
            self._under_way[ask.request] = ask
            self._transmit(ask, now)
        self._waiting.extendleft(reversed(held))

    def _transmit(self, ask: Ask, now: float) -> None:
        if ask.times_sent:
            self.repeats += 1
        ask.times_sent += 1
        ask.sent_at = now
        ask.resend_at = now + self.repeat_s
        self._send(ask.number, ask.payload)

    # --- answers ---

    def take(self, kind: int, payload: bytes) -> bool:
        """Take an answer; False when the board no longer knows this session as the one that commands."""
        try:
            fields = payloads.decode(kind, payload)
        except LayoutError:
            return True  # a frozen answer of the right layout is all that a strange firmware need send
        if kind == STATUS | ANSWER_BIT:
            looks, self._looks = self._looks, []
            for ask in looks:
                _resolve(ask, fields)
            return True
        ask_or_none = self._under_way.get(fields.get("request", 0))
        answered = fields["number"] if kind == REFUSED else kind & ~ANSWER_BIT
        if ask_or_none is None or ask_or_none.number != answered:
            return True  # the answer to a repeat whose first answer came after all
        ask = ask_or_none
        known = True
        del self._under_way[ask.request]
        if kind != REFUSED:
            _resolve(ask, fields)
        elif fields["code"] == REFUSED_SESSION and self.granted == COMMAND:
            known = False
            if ask.times_sent > 1:
                # the first one may have been carried out before the session went away
                self.orphans.append(ask)
            else:
                ask.fail(refusal(fields))
        else:
            ask.fail(refusal(fields))
        self._send_more(time.monotonic())
        return known

    # --- time ---

    def service(self, now: float) -> float:
        """Repeat and give up what is due; returns when to be called again."""
        due = now + 3600.0
        for ask in [*self._under_way.values(), *self._looks, *self._waiting, *self.orphans]:
            if ask.deadline <= now:
                self._give_up(ask)
            elif self.up and ask.times_sent and ask.resend_at <= now:
                self._transmit(ask, now)
            if not ask.future.done():
                due = min(due, ask.deadline, ask.resend_at if self.up and ask.times_sent else ask.deadline)
        if self.up and self.fits:
            self._send_more(now)
        return due

    def _give_up(self, ask: Ask) -> None:
        self._under_way.pop(ask.request, None) if ask.request else None
        for place in (self._waiting, self._looks, self.orphans):
            if ask in place:
                place.remove(ask)
        if self.up and ask.times_sent and ask.request:
            ask.fail(AnswerTimeout(f"the pump did not answer {ask.name} in time{_fate(ask)}"))
        elif self.up:
            ask.fail(AnswerTimeout(f"the pump did not answer {ask.name} in time"))
        else:
            ask.fail(lost(ask))

    def settle_orphans(self, carried_out: Callable[[Ask], bool]) -> None:
        """Tell the callers of orphans what the event log shows."""
        orphans, self.orphans = self.orphans, []
        for ask in orphans:
            ask.fail(lost(ask, carried_out(ask)))

    def _fail_all(self, error: ClientError) -> None:
        for ask in [*self._under_way.values(), *self._waiting]:
            ask.fail(error)
        self._under_way.clear()
        self._waiting.clear()

    def close(self) -> None:
        """Fail everything that waits for an answer."""
        for ask in [*self._under_way.values(), *self._looks, *self._waiting, *self.orphans]:
            ask.fail(lost(ask))
        self._under_way.clear()
        self._looks.clear()
        self._waiting.clear()
        self.orphans.clear()


def lost(ask: Ask, shown_by_events: bool = False) -> DeviceLost:
    """The exception for a request that went down with the link."""
    if not ask.is_command or not ask.times_sent:
        return DeviceLost(f"the link to the pump was lost before {ask.name} was answered", False)
    if shown_by_events:
        return DeviceLost(
            f"the answer to {ask.name} was lost with the link; the board's events show that it was "
            "carried out",
            True,
        )
    return DeviceLost(f"the link to the pump was lost during {ask.name}{_fate(ask)}", None)


def _fate(ask: Ask) -> str:
    if not ask.is_command:
        return ""
    return ": it may or may not have been carried out, look at state and events before you repeat it"


def _resolve(ask: Ask, fields: Fields) -> None:
    ask.round_trip_s = time.monotonic() - ask.sent_at
    if not ask.future.done():
        ask.future.set_result(fields)


def _mismatch(answer: Fields) -> Mismatch:
    return Mismatch(
        f"the firmware (protocol {answer['protocol']}, schema {answer['schema']:08x}) does not fit this "
        f"program (protocol {PROTOCOL}, schema {codec.schema_hash():08x}): status and stop work, for the "
        "rest bring both to one version"
    )


def _new_ids() -> Iterator[int]:
    """Rising request ids from a random one: answers carry no address, and several hosts may share a port."""
    return itertools.count(1 + secrets.randbelow(1 << 30))


def _new_nonce() -> int:
    return secrets.randbelow(U32) + 1
