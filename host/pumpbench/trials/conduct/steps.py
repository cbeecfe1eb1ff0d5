"""Carrying out the steps of a protocol, each kind in a function of its own."""

from collections.abc import Callable
from typing import Any

from pumpbench.files.trial import Trial
from pumpbench.files.trial_steps import (
    BACK_PRESSURE,
    BOLUS,
    DELIVER,
    OCCLUSION,
    PRIME,
    STABILISE,
    USUAL_ALARM_S,
    ZERO,
    Step,
)
from pumpbench.store.events import Event
from pumpbench.trials.conduct.bench import Bench
from pumpbench.trials.conduct.errors import PumpStopped
from pumpbench.trials.conduct.pump import PumpUnderTest
from pumpbench.units import VOLUME
from pumplink.states import (
    EVENT_ALARM_RAISED,
    EVENT_BOLUS_ENDED,
    EVENT_BOLUS_STARTED,
    EVENT_MOVE_ENDED,
    EVENT_MOVE_STARTED,
    EVENT_RUN_STARTED,
)

REST_PATIENCE_S = 60.0
LOOK_EVERY_S = 1.0
MARGIN_S = 60.0  # beyond its time, within which a pump has to end what it does
CLOCKS_APART = 200e-6  # by which a board's crystal and the trial's clock may differ
_SOON_S = 0.02
_SHARP_S = 0.05
_LOOKS = 5
_S_PER_H = 3600.0
_WHOLE = 1e-3  # of a dose, which may be lacking by the steps' roundness


class Steps:
    """Carries out the steps of `trial` on `bench`; `left` is the journal of a trial that was cut off."""

    def __init__(self, trial: Trial, bench: Bench, left: list[dict[str, Any]]) -> None:
        self._trial = trial
        self._bench = bench
        self._left = left
        self._done = {entry["index"] for entry in left if entry["what"] == "step ended"}

    def all(self, on_step: Callable[[int, Step], None]) -> None:
        """Carry out all steps that are not done yet. Raises `ConductError`, and `Cancelled`."""
        kinds = {
            PRIME: self._prime,
            ZERO: self._zero,
            STABILISE: self._stabilise,
            DELIVER: self._deliver,
            BOLUS: self._boluses,
            BACK_PRESSURE: self._back_pressure,
            OCCLUSION: self._occlusion,
        }
        for index, step in enumerate(self._trial.steps):
            if index in self._done:
                continue
            self._bench.cancel.check()
            if self._left_entry("step", index) is None:
                self._note("step", index, kind=step.kind, text=self._trial.step_text(step))
            on_step(index, step)
            kinds[step.kind](index, step)
            self._note("step ended", index)

    # --- each kind ---

    def _prime(self, index: int, step: Step) -> None:
        self._dose(index, 0, step, self._pump.prime, EVENT_MOVE_STARTED, EVENT_MOVE_ENDED)

    def _zero(self, index: int, step: Step) -> None:
        until = self._bench.clock.now_s() + REST_PATIENCE_S
        while self._bench.scale.read().status != "stable" and self._bench.clock.now_s() < until:
            self._bench.wait(LOOK_EVERY_S)
        self._bench.scale.zero()

    def _stabilise(self, index: int, step: Step) -> None:
        began = self._once("settling", index)
        self._read_until(began + (step.duration_s or 0), began)

    def _deliver(self, index: int, step: Step) -> None:
        duration = float(step.duration_s or 0)
        started = self._started(index, step)
        stops = [started + at for at in self._trial.judged_s(step)]
        self._read_until(started + duration, started, stops, self._pump_ended if self._ours else None)
        if self._ours:
            self._until_ended(0.0, may_stop=False)

    def _started(self, index: int, step: Step) -> float:
        """Start a delivery, or take up the one that was started before; returns when that was."""
        if not self._ours:
            started = self._once("started", index)
        else:
            _, began = self._flow(index, self._trial.rate_of(step), step.duration_s or 0)
            started = self._once("started", index, began)
        if self._left_entry("started", index) is None:
            self._bench.scale.read()
            self._note_truth(started, started)
        return started

    def _boluses(self, index: int, step: Step) -> None:
        for number in range(step.boluses + 1):
            if self._left_entry("bolus", index, number) is not None:
                continue
            if number:
                self._dose(index, number, step, self._pump.bolus, EVENT_BOLUS_STARTED, EVENT_BOLUS_ENDED)
            began = self._bench.clock.now_s()
            self._read_until(began + step.settled_s, began)
            self._weigh("bolus", index, number=number)

    def _back_pressure(self, index: int, step: Step) -> None:
        if self._left_entry("bench", index) is None:
            self._bench.set_back_pressure(index, step.pressure_kpa or 0.0, self._trial.step_text(step))
        began = self._once("set", index)
        self._read_until(began + step.settled_s, began)

    def _occlusion(self, index: int, step: Step) -> None:
        patience = float(step.duration_s or USUAL_ALARM_S)
        if self._left_entry("alarm", index) is None:
            self._occlude(index, self._trial.rate_of(step), patience)
        self._pump.rest()
        if self._left_entry("shut", index) is None:
            self._weigh("shut", index)
        if self._left_entry("opened", index) is None:
            self._bench.open_line(index)
        opened = self._once("opened", index)
        self._read_until(opened + step.settled_s, opened)
        self._weigh("settled", index)

    def _occlude(self, index: int, rate_nl_h: int, patience_s: float) -> None:
        """Deliver against a closed line until the alarm, and keep when that was."""
        asked = self._left_entry("asked", index)
        if asked is None or self._left_entry("closed", index) is None:
            if asked is not None:  # nobody knows whether the line was closed before the host was gone
                self._left = [entry for entry in self._left if entry.get("index") != index]
                self._note("begun again", index)
                self._pump.rest()
                self._bench.open_line(index)
            asked, _ = self._flow(index, rate_nl_h, round(patience_s + MARGIN_S))
            self._pump.peak_pressure_kpa()
            self._bench.close_line(index)
        closed = self._once("closed", index)
        alarmed = self._wait_for_alarm(closed + patience_s, asked["event"])
        peak = self._pump.peak_pressure_kpa()
        self._note("alarm", index, at_s=alarmed, names=self._pump.alarm_names(), peak_kpa=peak)

    def _wait_for_alarm(self, until_s: float, since: int) -> float | None:
        """The time of the alarm that stopped the pump, None when none did."""
        while True:
            looked_s = self._bench.clock.now_s()  # before the pump is: its last look is at the end or later
            try:
                if self._pump.ended():
                    return None
            except PumpStopped:
                alarms = self._pump.events_since(since, EVENT_ALARM_RAISED)
                if not alarms:
                    raise
                return self._time_of(alarms[-1])
            if looked_s >= until_s:
                return None
            self._bench.wait(LOOK_EVERY_S)
            self._bench.scale.read()
            self._bench.tell()

    # --- commanding the pump: at most once, also by a host that was killed and comes back ---

    def _dose(
        self,
        index: int,
        number: int,
        step: Step,
        give: Callable[[int, int], None],
        started: int,
        ended: int,
    ) -> None:
        """Have a dose given, and see that it was given whole.

        What is about to be asked for is written down first, with the number of the board's last event. A
        host that comes back finds in the board's later events whether the dose began; one that began is never
        asked for again.
        """
        volume_nl, rate_nl_h = step.volume_nl or 0, step.rate_nl_h or 1
        asked = self._left_entry("asked", index, number)
        if asked is None or not self._pump.events_since(asked["event"], started):
            self._pump.rest()
            asked = self._ask(index, number)
            give(volume_nl, rate_nl_h)
        self._until_ended(_S_PER_H * volume_nl / rate_nl_h, may_stop=True)
        doses = len(self._pump.events_since(asked["event"], started))
        given = [_given_nl(event) for event in self._pump.events_since(asked["event"], ended)]
        what = f"dose {number} of step {index + 1}" if number else f"the dose of step {index + 1}"
        if doses > 1:
            raise PumpStopped(f"the pump gave {doses - 1} more than {what}, by somebody else's command")
        if not given or volume_nl - given[0] > volume_nl * _WHOLE:
            told = f" after {VOLUME.format(given[0])} of {VOLUME.format(volume_nl)}" if given else ""
            raise PumpStopped(f"{what} was cut off{told}; it is not given again")

    def _flow(self, index: int, rate_nl_h: int, duration_s: int) -> tuple[dict[str, Any], float]:
        """Start a constant flow, or find the one that was started before; returns the entry that asked for
        it, and when it began."""
        asked = self._left_entry("asked", index)
        begun = [] if asked is None else self._pump.events_since(asked["event"], EVENT_RUN_STARTED)
        if asked is None or not begun:
            digest = self._pump.load(rate_nl_h, duration_s)
            asked = self._ask(index, 0, digest=digest)
            self._pump.start(digest)
            begun = self._run_started(asked["event"])
        if len(begun) > 1 or not self._pump.holds(asked["digest"]):
            raise PumpStopped("the pump was given something else to do while the host was away")
        return asked, self._time_of(begun[0])

    def _run_started(self, since: int) -> list[Event]:
        """The board's events that tell a start; the host may look long after it, or before the tick of it."""
        until = self._bench.clock.now_s() + MARGIN_S
        while not (begun := self._pump.events_since(since, EVENT_RUN_STARTED)):
            if self._bench.clock.now_s() > until:
                raise PumpStopped(f"the pump did not tell within {MARGIN_S:.0f} s that it started")
            self._bench.wait(_SOON_S)
        return begun

    def _time_of(self, event: Event) -> float:
        """When an event was, by the trial's clock: the board is asked for the event's age between two looks
        at that clock, again while the host was held up in between."""
        looks: list[tuple[float, float]] = []
        while len(looks) < _LOOKS and not (looks and min(looks)[0] < _SHARP_S):
            before_s = self._bench.clock.now_s()
            age_s = self._pump.age_s(event)
            after_s = self._bench.clock.now_s()
            looks.append((after_s - before_s, (before_s + after_s) / 2 - age_s))
        return min(looks)[1]

    def _ask(self, index: int, number: int, **more: Any) -> dict[str, Any]:
        """Write down, so that it outlives a kill or a power cut, what the pump is asked for next."""
        event = self._pump.last_event()
        entry = self._note("asked", index, number=number, event=event, **more)
        self._bench.folder.sync()
        return entry

    # --- what they have in common ---

    @property
    def _ours(self) -> bool:
        return self._trial.pump.ours

    @property
    def _pump(self) -> PumpUnderTest:
        assert self._bench.pump is not None
        return self._bench.pump

    def _pump_ended(self) -> bool:
        return self._pump.ended()

    def _read_until(
        self,
        end_s: float,
        began_s: float,
        stops: list[float] | None = None,
        ended: Callable[[], bool] | None = None,
    ) -> None:
        """Read the balance every so often, counted from `began_s`, until `end_s`, and at each of `stops`."""
        every = self._trial.balance.read_every_s
        clock = self._bench.clock
        due = sorted({stop for stop in stops or [] if stop > clock.now_s()} | {end_s})
        early_s = LOOK_EVERY_S + CLOCKS_APART * (end_s - began_s)
        while due:
            number = int((clock.now_s() - began_s) / every + 1e-9) + 1
            target = min(began_s + number * every, due[0])
            clock.wait_until(target)
            self._bench.scale.read()
            if target >= due[0]:
                self._note_truth(due.pop(0), began_s)
            self._bench.tell()
            if ended is not None and due and ended() and clock.now_s() < end_s - early_s:
                raise PumpStopped("the pump ended before the step did")

    def _until_ended(self, expected_s: float, *, may_stop: bool) -> None:
        """Wait until the pump has ended what it does."""
        until = self._bench.clock.now_s() + expected_s + MARGIN_S
        while True:
            looked_s = self._bench.clock.now_s()  # before the pump is: a host may be held up in between
            if self._pump.ended(may_stop=may_stop):
                return
            if looked_s > until:
                raise PumpStopped(f"the pump goes on {MARGIN_S:.0f} s after it should have ended")
            self._bench.wait(LOOK_EVERY_S)
            self._bench.tell()

    def _note_truth(self, time_s: float, began_s: float) -> None:
        """Keep what the model delivered by `time_s`, or a little later, where there is a model."""
        truth = self._bench.truth()
        if truth is not None:
            at_s, outlet_nl = truth
            told = {"began_s": round(began_s, 6), "at_s": round(at_s, 6), "outlet_nl": outlet_nl}
            self._bench.folder.note(time_s, "truth", **told)

    # --- the journal ---

    def _note(self, what: str, index: int, **more: Any) -> dict[str, Any]:
        return self._bench.folder.note(self._bench.clock.now_s(), what, index=index, **more)

    def _weigh(self, what: str, index: int, **more: Any) -> None:
        """Read the balance for an entry, which is written last: one that stands there has its reading."""
        began = self._bench.clock.now_s()
        self._bench.scale.read()
        self._bench.folder.note(began, what, index=index, **more)

    def _once(self, what: str, index: int, time_s: float | None = None) -> float:
        """The time of an entry: as it stands there since before the host was gone; else it is made, with the
        time of now or `time_s`."""
        left = self._left_entry(what, index)
        if left is not None:
            return float(left["time_s"])
        time_s = self._bench.clock.now_s() if time_s is None else time_s
        return float(self._bench.folder.note(time_s, what, index=index)["time_s"])

    def _left_entry(self, what: str, index: int, number: int | None = None) -> dict[str, Any] | None:
        """The newest entry of a step, or of one dose of it, from before the host was gone."""
        found = [
            entry
            for entry in self._left
            if entry["what"] == what and entry.get("index") == index
            if number is None or entry["number"] == number
        ]
        return found[-1] if found else None


def _given_nl(event: Event) -> int:
    """The volume of an event that tells the end of a bolus or of a move."""
    return int(event.a if event.code == EVENT_BOLUS_ENDED else event.b)
