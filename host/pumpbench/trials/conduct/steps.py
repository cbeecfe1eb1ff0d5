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
from pumpbench.trials.conduct.bench import Bench
from pumpbench.trials.conduct.errors import PumpStopped
from pumpbench.trials.conduct.pump import PumpUnderTest

REST_PATIENCE_S = 60.0
LOOK_EVERY_S = 1.0
MARGIN_S = 60.0  # beyond its time, within which a pump has to end what it does
_S_PER_H = 3600.0


class Steps:
    """Carries out the steps of `trial` on `bench`; `left` is the journal of a trial that was cut off."""

    def __init__(self, trial: Trial, bench: Bench, left: list[dict[str, Any]]) -> None:
        self._trial = trial
        self._bench = bench
        self._left = left
        self._done = {entry["index"] for entry in left if entry["what"] == "step ended"}

    def all(self, on_step: Callable[[int, Step], None]) -> None:
        """Carry out all steps that are not done yet. Raises `ConductError`."""
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
            on_step(index, step)
            begun = self._begun(index)
            if begun is None:
                self._note("step", index, kind=step.kind, text=self._trial.step_text(step))
            kinds[step.kind](index, step)
            self._note("step ended", index)

    # --- each kind ---

    def _prime(self, index: int, step: Step) -> None:
        self._pump.prime(step.volume_nl or 0, step.rate_nl_h or 1)
        self._until_ended(_S_PER_H * (step.volume_nl or 0) / (step.rate_nl_h or 1), may_stop=True)

    def _zero(self, index: int, step: Step) -> None:
        until = self._bench.clock.now_s() + REST_PATIENCE_S
        while self._bench.scale.read().status != "stable" and self._bench.clock.now_s() < until:
            self._bench.wait(LOOK_EVERY_S)
        self._bench.scale.zero()

    def _stabilise(self, index: int, step: Step) -> None:
        began = self._bench.clock.now_s()
        self._note("settling", index)
        self._read_until(began + (step.duration_s or 0), began)

    def _deliver(self, index: int, step: Step) -> None:
        duration = float(step.duration_s or 0)
        started = self._taken_up(index)
        if started is None:
            started = self._start_delivery(index, step)
        stops = [started + at for at in self._trial.analyse_s] if self._trial.analysed(step) else []
        self._read_until(started + duration, started, stops, self._pump_ended if self._ours else None)
        if self._ours:
            self._until_ended(0.0, may_stop=False)

    def _start_delivery(self, index: int, step: Step) -> float:
        if not self._ours:
            started = self._bench.clock.now_s()
            self._bench.folder.note(started, "started", index=index)
        else:
            digest = self._pump.deliver(self._trial.rate_of(step), step.duration_s or 0)
            started = self._bench.clock.now_s()
            self._bench.folder.note(started, "started", index=index, digest=digest)
        self._bench.scale.read()
        self._note_truth(index, started, started)
        return started

    def _taken_up(self, index: int) -> float | None:
        """When the delivery began that still goes on since before the host was gone; None when none does."""
        began = [entry for entry in self._left if entry["what"] == "started" and entry["index"] == index]
        if not began:
            return None
        if self._ours and not self._pump.delivers(began[-1]["digest"]):
            self._note("begun again", index)
            return None
        return float(began[-1]["time_s"])

    def _boluses(self, index: int, step: Step) -> None:
        self._read_at_rest(index, 0, step)
        for number in range(1, step.boluses + 1):
            self._pump.bolus(step.volume_nl or 0, step.rate_nl_h or 1)
            self._until_ended(_S_PER_H * (step.volume_nl or 0) / (step.rate_nl_h or 1), may_stop=True)
            self._read_at_rest(index, number, step)

    def _read_at_rest(self, index: int, number: int, step: Step) -> None:
        began = self._bench.clock.now_s()
        self._read_until(began + step.settled_s, began)
        self._note("bolus", index, number=number)
        self._bench.scale.read()

    def _back_pressure(self, index: int, step: Step) -> None:
        self._bench.set_back_pressure(step.pressure_kpa or 0.0, self._trial.step_text(step))
        began = self._bench.clock.now_s()
        self._read_until(began + step.settled_s, began)

    def _occlusion(self, index: int, step: Step) -> None:
        patience = float(step.duration_s or USUAL_ALARM_S)
        self._pump.deliver(self._trial.rate_of(step), round(patience + MARGIN_S))
        self._pump.peak_pressure_kpa()
        self._bench.close_line()
        closed = self._bench.clock.now_s()
        self._note("closed", index)
        alarmed = self._wait_for_alarm(closed + patience)
        self._note("alarm", index, at_s=alarmed, names=self._pump.alarm_names())
        peak = self._pump.peak_pressure_kpa()
        self._pump.rest()
        self._bench.scale.read()
        self._bench.open_line()
        opened = self._bench.clock.now_s()
        self._note("opened", index, peak_kpa=peak)
        self._read_until(opened + step.settled_s, opened)
        self._note("settled", index)
        self._bench.scale.read()

    def _wait_for_alarm(self, until_s: float) -> float | None:
        """The time of the alarm that stopped the pump, None when none did."""
        while self._bench.clock.now_s() < until_s:
            try:
                if self._pump.ended():
                    return None
            except PumpStopped:
                age = self._pump.alarm_age_s()
                return None if age is None else self._bench.clock.now_s() - age
            self._bench.wait(LOOK_EVERY_S)
            self._bench.scale.read()
        return None

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
        while due:
            number = int((clock.now_s() - began_s) / every + 1e-9) + 1
            target = min(began_s + number * every, due[0])
            clock.wait_until(target)
            self._bench.scale.read()
            if target >= due[0]:
                self._note_truth(None, due.pop(0), began_s)
            self._bench.tell()
            if ended is not None and due and ended() and clock.now_s() < end_s - LOOK_EVERY_S:
                raise PumpStopped("the pump ended before the step did")

    def _until_ended(self, expected_s: float, *, may_stop: bool) -> None:
        """Wait until the pump has ended what it does."""
        until = self._bench.clock.now_s() + expected_s + MARGIN_S
        while not self._pump.ended(may_stop=may_stop):
            if self._bench.clock.now_s() > until:
                raise PumpStopped(f"the pump goes on {MARGIN_S:.0f} s after it should have ended")
            self._bench.wait(LOOK_EVERY_S)
            self._bench.tell()

    def _note_truth(self, index: int | None, time_s: float, began_s: float) -> None:
        """Keep what the model delivered so far, where there is a model."""
        outlet = self._bench.outlet_nl()
        if outlet is not None:
            self._bench.folder.note(time_s, "truth", began_s=round(began_s, 6), outlet_nl=outlet)

    def _note(self, what: str, index: int, **more: Any) -> None:
        self._bench.folder.note(self._bench.clock.now_s(), what, index=index, **more)

    def _begun(self, index: int) -> dict[str, Any] | None:
        begun = [entry for entry in self._left if entry["what"] == "step" and entry["index"] == index]
        return begun[-1] if begun else None
