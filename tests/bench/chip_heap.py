"""What an hour of running leaves behind on the chip's own heap: nothing, in the goal's words not one block.

The firmware is flashed as by a person and nothing of it is changed; what its heap holds is read out of the
emulated chip's memory. A host that lets time pass by grants asks, renews its lease, stores events, pauses,
gives boluses and comes back under new sessions, while telemetry comes at 10 and for a while at 100 Hz. At
either end it asks until the firmware has collected some times, one thing at a time and waiting for what
comes of it, for else what is in use holds what later answers left: the least at either end is compared.
"""

import itertools
from collections import Counter
from functools import partial
from typing import Any

from tests.bench.chip_line import Line
from tests.bench.emulated_board import BOARD
from tests.bench.figure import Figure

from pumpbench.client import Program, Segment, connect, payloads
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.flashing.flash import Order, flash
from pumplink import codec, numbers
from pumplink.names import STATE_NAMES
from pumplink.states import COMMITTED, TAKE_OVER
from pumplink.version import PROTOCOL

HOUR_S, QUICK_S = 3600, 240
WARM_UP_S = 130
COLLECTIONS = 8  # at either end: the collector keeps what a stale word of the stack happens to point to
BLOCK = 16  # bytes: four of the chip's words
_SECOND_US = 1_000_000
_LOOK_US = 250_000  # so often the port is read
_SAMPLE_US = 5_000  # a collection takes four of them
_SAMPLES = 12  # from a request to the next: a collection that it makes due begins two ticks later
_FELL = 10_000  # bytes less in use: the firmware has collected
_LEASE_S = 60
_SEGMENTS = (  # of two minutes
    Segment("ramp", 0, rate_nl_h=100_000, to_rate_nl_h=10_000_000, duration_s=40),
    Segment("bolus", 0, rate_nl_h=60_000_000, volume_nl=50_000),
    Segment("constant", 0, rate_nl_h=5_000_000, duration_s=30),
    Segment("pause", 0, duration_s=10),
    Segment("ramp", 0, rate_nl_h=5_000_000, to_rate_nl_h=500_000, duration_s=37),
)
_QUERIES: tuple[tuple[int, dict[str, int]], ...] = (
    (numbers.TIME_SYNC, {"host_us": 1 << 50}),
    (numbers.LIMITS, {}),
    (numbers.LINK_HEALTH, {}),
    (numbers.SELFTEST, {}),
    (numbers.RESERVOIR_GET, {"index": 0}),
    (numbers.PROGRAM_GET, {"slot": COMMITTED}),
    (numbers.PROGRAM_GET_SEGMENT, {"slot": COMMITTED, "index": 1}),
    (numbers.ALARM_LIST, {}),
    (numbers.EVENTS_FETCH, {"first": 1}),
    (numbers.SUMMARY_FETCH, {"first": 1, "count": 5}),
    (numbers.TELEMETRY_FETCH, {"first": 0, "count": 20}),
)


class Host:
    """A host that needs no time of its own, on the board's line. ``asked`` counts by the message's name."""

    def __init__(self, line: Line) -> None:
        self.asked = Counter[str]()
        self._line = line
        self._nonce = 0
        self._session = 0
        self._request = 0

    def greet(self) -> None:
        """Open a new session, which commands."""
        self._nonce += 1
        schema = codec.schema_hash()
        hello = {"protocol": PROTOCOL, "schema": schema, "nonce": self._nonce, "role": TAKE_OVER}
        self._session, self._request = self._exchange(numbers.HELLO, hello)["session"], 0

    def status(self) -> str:
        """The pump's state."""
        state: int = self._exchange(numbers.STATUS, {})["state"]
        return STATE_NAMES[state]

    def ask(self, number: int, **fields: Any) -> dict[str, Any]:
        """Ask within the session; the answer's fields."""
        self._request += 1
        return self._exchange(number, {"session": self._session, "request": self._request} | fields)

    def _exchange(self, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        name = payloads.NAMES[number]
        self._line.send(self._line.frame(number, **fields))
        answer = self._line.await_answer(number, step_us=1_000)
        if answer is None:
            raise AssertionError(f"{name} was not answered, or refused")
        self.asked[name] += 1
        return payloads.decode(number | numbers.ANSWER_BIT, answer)


class Hour:
    """A board that delivers a program, and the host that goes with it. ``records`` counts the telemetry."""

    def __init__(self, line: Line, digest: bytes) -> None:
        self.host = Host(line)
        self.records = 0
        self._line = line
        self._digest = digest
        self._queries = itertools.cycle(_QUERIES)
        self._seconds = itertools.count()
        self._duties = (  # each so many seconds, at that one of them
            (1, 0, self._look),
            (10, 0, self._renew),
            (60, 30, self._store_events),
            (120, 20, self._hold),
            (120, 60, self._give_bolus),
            (240, 65, partial(self._show, 100)),
            (240, 95, partial(self._show, 10)),
            (600, 300, self.host.greet),
        )

    def begin(self) -> None:
        """Start the program, in a session after as many as the board remembers."""
        for _ in range(numbers.RETIRED_NONCES + 2):
            self.host.greet()
        self._show(10)
        self.host.ask(numbers.START, digest=self._digest, resume=0, lease_s=_LEASE_S)

    def run(self, seconds: int) -> None:
        """Let time pass, and do all that a host does meanwhile."""
        until_us = self._line.now_us + seconds * _SECOND_US
        while self._line.now_us < until_us:
            second = next(self._seconds)
            self._listen(_SECOND_US)
            for every_s, at_s, act in self._duties:
                if second % every_s == at_s:
                    act()

    def in_use_at_best(self) -> int:
        """Bytes in use after a collection, the commands that the board remembers being all alike."""
        asks = itertools.cycle((self._query, self.host.status, self._renew))
        seen, collections = [self._in_use()], 0
        while collections < COLLECTIONS:
            before = seen[-1]
            next(asks)()
            for _ in range(_SAMPLES):
                self._line.advance(_SAMPLE_US)
                seen.append(self._in_use())
            collections += seen[-1] < before - _FELL
        return min(seen)

    def _in_use(self) -> int:
        return int(self._line.peek("heap")["used"])

    def _listen(self, us: int) -> None:
        self.records += sum(1 for _ in self._line.records(us, _LOOK_US))

    def _look(self) -> None:
        self._query()
        self.host.status()

    def _query(self) -> None:
        number, fields = next(self._queries)
        self.host.ask(number, **fields)

    def _renew(self) -> None:
        self.host.ask(numbers.LEASE, duration_s=_LEASE_S)

    def _store_events(self) -> None:
        following = self.host.ask(numbers.EVENTS_FETCH, first=1)["next"]
        self.host.ask(numbers.EVENTS_ACK, up_to=following - 1)

    def _hold(self) -> None:
        if self.host.status() == "running":
            self.host.ask(numbers.PAUSE)
            self._listen(2 * _SECOND_US)
            self.host.ask(numbers.START, digest=self._digest, resume=1, lease_s=_LEASE_S)

    def _give_bolus(self) -> None:
        if self.host.status() == "running":
            self.host.ask(numbers.BOLUS, reservoir=0, volume_nl=20_000, rate_nl_h=30_000_000)

    def _show(self, rate_hz: int) -> None:
        self.host.ask(numbers.TELEMETRY_SET, rate_hz=rate_hz)


def figures(quick: bool) -> list[Figure]:
    """Blocks in use at the hour's end more than after its first minutes; quick: in four minutes."""
    seconds = QUICK_S if quick else HOUR_S
    with EmulatedBoard(seed=1) as board:
        digest = _committed(flash(Order(BOARD, board.repl_port)).link_port, seconds)
        with Line(board) as line:
            assert line.open()
            hour = Hour(line, digest)
            hour.begin()
            hour.run(WARM_UP_S)
            began, erased = hour.in_use_at_best(), line.peek("chip")["erased_sectors"]
            hour.run(seconds - WARM_UP_S)
            ended, erases = hour.in_use_at_best(), line.peek("chip")["erased_sectors"] - erased
            if hour.host.status() not in ("running", "paused", "bolus"):
                raise AssertionError("the run ended early")
    asked = ", ".join(f"{count} {name}" for name, count in hour.host.asked.most_common())
    note = (
        f"heap of the chip: {began} bytes in use after {WARM_UP_S} s, {ended} after {seconds} s; {erases} "
        f"sectors of flash erased, {hour.records} records of telemetry, answers to {asked}"
    )
    name = f"chip's heap after {seconds / 60:.0f} min of running, more than after the first two"
    return [Figure(name, "blocks", (ended - began) / BLOCK, goal="<= 0", note=note)]


def _committed(url: str, seconds: int) -> bytes:
    """Commit a program that takes longer than that; return its digest."""
    with connect(url) as pump:
        for alarm in pump.alarms():
            pump.acknowledge(alarm.code)
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        program = Program("heap", _SEGMENTS, mode="attended", on_link_lost="stop", repeat=seconds // 60)
        staged = pump.stage(program)
        pump.commit(staged.digest)
    return staged.digest
