"""A pump on a virtual board at full speed, driven by a script in virtual time."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from pumpbench.client import Calibration, Client, Event, Program, Segment, Status, connect
from pumpbench.virtual.board import VirtualBoard
from pumplink.alarm_table import ALARMS
from pumplink.names import EVENT_NAMES
from pumplink.states import EVENT_ALARM_RAISED

SECOND_US = 1_000_000
ML = 1_000_000
FULL_NL = 90 * ML
PATIENCE_S = 60.0  # for a machine with much other work


class VirtualPump:
    """``with VirtualPump(plant) as pump``: every method that lets time pass takes virtual seconds.

    Attributes:
        board, client: what it is made of. events: all events so far, in order.
    """

    def __init__(self, plant: Mapping[str, Any] | None = None, seed: int = 7, **options: Any) -> None:
        self.board = VirtualBoard(speed="max", seed=seed, plant=plant or {}, **options)
        self.client: Client
        self.events: list[Event] = []

    def __enter__(self) -> "VirtualPump":
        self.board.__enter__()
        self.client = connect(
            self.board.port, manual=True, on_event=self.events.append, connect_timeout_s=PATIENCE_S
        )
        self.client.set_telemetry_rate(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.close()
        self.board.__exit__(kind, error, traceback)

    # --- what is done ---

    def fill(
        self, contents_nl: int = FULL_NL, reservoir: int = 0, low_at_nl: int = 0, empty_at_nl: int = 0
    ) -> None:
        """Say what a reservoir holds."""
        self.client.set_reservoir(
            reservoir,
            capacity_nl=FULL_NL,
            contents_nl=contents_nl,
            low_at_nl=low_at_nl,
            empty_at_nl=empty_at_nl,
        )

    def calibrate(self, calibration: Calibration) -> None:
        """Fit the calibration's tube set, and write it."""
        self.client.fit_tube(calibration.tube_set)
        self.client.set_calibration(calibration)

    def start(self, *segments: Segment, **header: Any) -> None:
        """Stage, commit and start a program."""
        staged = self.client.stage(Program("trial", segments, **header))
        self.client.commit(staged.digest)
        self.client.start(staged.digest)

    def resume(self) -> None:
        """Go on with the program that was held."""
        self.client.start(self.client.program()[0], resume=True)

    # --- time ---

    def run(self, seconds: float) -> Status:
        """Let time pass; return the status then."""
        left_us = int(seconds * SECOND_US)
        while left_us > 0:
            span_us = min(left_us, 20 * SECOND_US)
            self.board.advance(span_us)
            self.client.barrier()
            left_us -= span_us
        return self.client.status()

    def run_until(self, is_it: Callable[[Status], bool], seconds: float, step_s: float = 1.0) -> Status:
        """Let time pass until the status is as wanted, looked at every `step_s`."""
        for _ in range(int(seconds / step_s)):
            status = self.run(step_s)
            if is_it(status):
                return status
        raise AssertionError(f"still {self.client.status().state} after {seconds} s")

    # --- what came of it ---

    @property
    def truth(self) -> dict[str, float]:
        """What really happened so far."""
        return self.board.control.truth()

    def raised(self) -> list[tuple[str, float]]:
        """Name and time (s) of every alarm that was raised, in order."""
        return [
            (str(ALARMS[event.a][1]), event.time_us / SECOND_US)
            for event in self.events
            if event.code == EVENT_ALARM_RAISED
        ]

    def of(self, name: str) -> list[Event]:
        """The events of a kind."""
        return [event for event in self.events if EVENT_NAMES[event.code] == name]


def constant(rate_nl_h: int, duration_s: int = 0, volume_nl: int = 0, reservoir: int = 0) -> Segment:
    """A segment at a constant flow."""
    return Segment("constant", reservoir, rate_nl_h=rate_nl_h, duration_s=duration_s, volume_nl=volume_nl)
