"""A pump on the stand, virtual or real: constant flows, what telemetry says of them, and the balance."""

import math
from collections.abc import Callable
from typing import Self

import numpy as np

from pumpbench.balances import Balance
from pumpbench.client import Client, Program, Segment
from pumpbench.client.records import Records
from pumpbench.conduct.cancel import Cancel
from pumpbench.tuning.errors import TuningError
from pumpbench.virtual.board import VirtualBoard

TELEMETRY_HZ = 20  # the board reads its flow sensor as often
_GRANT_S = 60
_LOOK_S = 0.5
_PATIENCE_S = 600.0
_QUICK = 20  # how much shorter the looks are at a board whose time may run faster
_STABLE_S = 10.0
_WEIGHTS = 16
WEIGHING_S = _STABLE_S + _WEIGHTS
_ENDED = ("finished", "stopped", "alarm-stop")


class Stand:
    """Collects every record that the client's ``on_records`` is given to (`take`).

    Wherever it waits it looks at `cancel` (raises `Cancelled`), and calls `tell`.
    """

    def __init__(self, cancel: Cancel | None = None, tell: Callable[[], None] = lambda: None) -> None:
        self._cancel = Cancel() if cancel is None else cancel
        self._tell = tell
        self._records: list[Records] = []
        self._newest = (-1, -1)
        self._steps = 0
        self.client: Client
        self._board: VirtualBoard | None = None
        self._balance: Balance | None = None

    def use(self, client: Client, board: VirtualBoard | None, balance: Balance | None = None) -> Self:
        """Work with this pump; `board` is the virtual one whose time moves by grants, None on a real one."""
        self.client, self._board, self._balance = client, board, balance
        client.set_telemetry_rate(TELEMETRY_HZ)
        return self

    def take(self, records: Records) -> None:
        """Keep records. Those that a host which was held up fetches later come behind younger ones."""
        self._records.append(records)
        last = (int(records["boot"][-1]), int(records["counter"][-1]))
        if last > self._newest:
            self._newest, self._steps = last, int(records["steps"][-1])

    def steps(self) -> int:
        """Return the motor's microsteps since boot, by the last record: at rest, all of them."""
        return self._steps

    def wait(self, seconds: float, until_event: bool = False) -> None:
        """Let so much of the board's time pass."""
        if self._board is None:
            self._wait_by_its_clock(seconds)
            return
        left_us = round(seconds * 1e6)
        while left_us > 0:
            part_us = min(left_us, _GRANT_S * 1_000_000)
            before_us = self.client.status().time_us
            self._cancel.check()
            self._board.advance(part_us, "event" if until_event else None)
            self.client.barrier()
            self._tell()
            left_us -= part_us
            if until_event and self.client.status().time_us - before_us < part_us:
                return

    def _wait_by_its_clock(self, seconds: float) -> None:
        """A simulated board that somebody else started has a pace of its own."""
        until_us = self.client.status().time_us + round(seconds * 1e6)
        while (left_us := until_us - self.client.status().time_us) > 0:
            self._cancel.wait(min(_LOOK_S, left_us / 1e6) / (_QUICK if self.client.info.simulated else 1))
            self._tell()

    def records(self) -> Records:
        """Return and forget the records since the last call, all that the pump has made, in their order."""
        self.client.barrier()
        kept, self._records = self._records, []
        if not kept:
            raise TuningError("no telemetry came from the pump")
        found = np.concatenate(kept)
        return np.asarray(found[np.lexsort((found["counter"], found["boot"]))])

    def rest(self, seconds: float) -> Records:
        """Stand still."""
        self._records = []
        self.wait(seconds)
        return self.records()

    def run(self, rate_nl_h: int, *, volume_nl: int = 0, duration_s: int = 0) -> Records:
        """Deliver a constant flow, by volume or by time, to its end. Raises `TuningError` when it ends
        otherwise."""
        self.begin(rate_nl_h, volume_nl=volume_nl, duration_s=duration_s)
        expected_s = duration_s or volume_nl / rate_nl_h * 3600.0
        until_us = self.client.status().time_us + round((1.3 * expected_s + _PATIENCE_S) * 1e6)
        while (now := self.client.status()).state not in _ENDED and now.time_us < until_us:
            self.wait(_GRANT_S if self._board else min(_LOOK_S, expected_s), until_event=True)
        state = self.client.status().state
        if state != "finished":
            alarms = ", ".join(alarm.name for alarm in self.client.alarms())
            raise TuningError(f"the pump is {state} instead of finished ({alarms or 'no alarm'})")
        return self.records()

    def begin(self, rate_nl_h: int, *, volume_nl: int = 0, duration_s: int = 0) -> None:
        """Start a constant flow."""
        segment = Segment("constant", 0, rate_nl_h=rate_nl_h, volume_nl=volume_nl, duration_s=duration_s)
        program = Program("tune", (segment,))
        staged = self.client.stage(program)
        self.client.commit(staged.digest)
        self._records = []
        self.client.start(staged.digest)

    def weigh_mg(self) -> tuple[float, float]:
        """Weigh at rest: mean of some readings and its standard uncertainty, in mg."""
        if self._balance is None:
            raise TuningError("there is no balance")
        self.wait(_STABLE_S)
        found = []
        for _ in range(_WEIGHTS):
            self.wait(1.0)
            reading = self._balance.read()
            if reading.mass_g is None:
                raise TuningError(f"the balance gave no weight: {reading.line!r}")
            found.append(reading.mass_g * 1000.0)
        # A rounded reading is at least as uncertain as its digit is wide.
        digit = min((abs(a - b) for a in found for b in found if a != b), default=0.0)
        spread = float(np.std(found, ddof=1)) / math.sqrt(len(found))
        return float(np.mean(found)), math.hypot(spread, digit / math.sqrt(12.0 * len(found)))
