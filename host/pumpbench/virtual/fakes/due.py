"""What is due at certain times: truth records, faults, the watchdog, the balance's answers."""

import json
import struct

from .bench import Bench
from .mux import FAULT, TRUTH, TRUTH_RECORD, Mux
from .power import WATCHDOG, BoardReset, PowerCut
from .schedule import LOOK_US, NEVER

_MS = 1000


class Due:
    """``serve()`` does what is due now, ``next_us()`` says when to come back (crystal time).

    `truth_us` is the time between truth records, 0 for none; `kinds` names all faults.
    """

    def __init__(self, bench: Bench, mux: Mux, truth_us: int, kinds: "tuple[str, ...]") -> None:
        self._bench = bench
        self._mux = mux
        self._truth_us = truth_us
        self._truth_at = 0 if truth_us else NEVER
        self._kinds = kinds
        self._active: dict[str, float] = {}
        self._changes = bench.plant.faults.changes
        self._cuts = 0
        self.powered = False

    def next_us(self) -> int:
        """Return the crystal time of the next thing."""
        bench = self._bench
        model_us = self._next_model_us()
        crystal_us = bench.clock.crystal_us(model_us) if model_us < NEVER else NEVER
        deadline = bench.watchdog.deadline
        return deadline if deadline < crystal_us else crystal_us

    def _next_model_us(self) -> int:
        """Return when the model must be looked at next (true time)."""
        bench = self._bench
        return min(self._truth_at, bench.plant.faults.next_change_us, bench.balance.next_us)

    def serve(self) -> None:
        """Do what is due; raises `PowerCut` or `BoardReset` where that ends the firmware."""
        bench = self._bench
        now_us = bench.clock.model_us()
        if now_us >= self._next_model_us() or bench.clock.now - bench.looked_at >= LOOK_US:
            bench.look()
        while self._truth_at <= now_us:
            self._write_truth(self._truth_at)
            self._truth_at += self._truth_us
        bench.balance.serve(now_us)
        if bench.plant.faults.changes != self._changes:
            self._changes = bench.plant.faults.changes
            self._follow_faults(now_us)
        if self.powered and bench.clock.now >= bench.watchdog.deadline:
            raise BoardReset(WATCHDOG)

    def _follow_faults(self, now_us: int) -> None:
        """Take over what the model's schedule of faults says now."""
        faults = self._bench.plant.faults
        for kind in self._kinds:
            value = faults.value(kind)
            if value != self._active.get(kind):
                news = {"time_us": now_us, "kind": kind, "on": value is not None, "value": value}
                self._mux.send(FAULT, json.dumps(news).encode())
                if value is None:
                    del self._active[kind]
                else:
                    self._active[kind] = value
        self._act()
        cuts = faults.starts("power-cut")
        if cuts != self._cuts:
            self._cuts = cuts
            if self.powered:
                raise PowerCut

    def active(self, kind: str) -> bool:
        """Return whether a fault of this kind is there."""
        return kind in self._active

    def _act(self) -> None:
        """Bring the board's surroundings in line with the faults that are there."""
        active = self._active
        bench = self._bench
        bench.schedule.slow_tick_us = int(active.get("slow-tick", 0) * _MS)
        bench.stepper.leave_out(active.get("steps-missing", 0.0))
        bench.port.set_bit_error_rate(active.get("bit-errors", 0.0))
        bench.port.set_plugged(self.powered and "unplug" not in active)

    def supply(self, powered: bool) -> None:
        """The board's supply came or went: its plug with it."""
        self.powered = powered
        self._act()

    def _write_truth(self, time_us: int) -> None:
        truth = self._bench.plant.truth
        self._mux.send(
            TRUTH,
            struct.pack(
                TRUTH_RECORD,
                time_us,
                truth.head_nl,
                truth.outlet_nl,
                truth.rotor_mdeg,
                truth.pressure_pa,
                truth.reservoir_nl,
                self._bench.stepper.position,
            ),
        )
