"""Requests of the control port, as the board's own process carries them out. The parent has checked them."""

import json

from .bench import Bench
from .due import Due
from .mux import CONTROL, Mux
from .power import PowerCut
from .process import heap
from .schedule import Grant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_US = 1_000_000


class Requests:
    """Answers each request by its number; a grant is answered when it is over."""

    def __init__(self, bench: Bench, due: Due, mux: Mux) -> None:
        self._bench = bench
        self._due = due
        self._mux = mux
        self.model_heap: int | None = None  # bytes that the heap held before the firmware started
        self.ended = False  # the firmware has ended by itself: no event will ever come
        mux.on(CONTROL, self._receive)

    def ready(self) -> None:
        """Tell the parent that the board has its supply: the answer to no request."""
        self._answer(0, {})

    def answer_grant(self, grant: Grant) -> None:
        """Tell the host that its grant is over."""
        self._answer(grant.number, {"reason": "end" if self.ended else grant.reason})

    def _receive(self, payload: bytes) -> None:
        request = json.loads(payload)
        number = request["number"]
        what = request["what"]
        if what == "advance":
            clock = self._bench.clock
            end = clock.crystal_us(clock.model_us() + request["us"])
            self._begin_grant(Grant(number, end, request["until_event"]))
            return
        self._answer(number, self._carry_out(what, request))
        if what == "power_cut":
            after = request["after_flash_bytes"]
            if after is None and self._due.powered:
                raise PowerCut
            if after is not None:
                self._bench.flash.fail_after(after)

    def _begin_grant(self, grant: Grant) -> None:
        self._bench.schedule.begin_grant(grant)

    def _carry_out(self, what: str, request: "dict[str, Any]") -> "dict[str, Any]":
        """Do all of a request that does not end the firmware; return what is answered beside the time."""
        if what == "fault":
            self._add_fault(request)
        elif what == "refill":
            self._bench.look()
            self._bench.plant.fill(request["reservoir"], request["contents_ml"])
        elif what == "stop_input":
            self._bench.pull_stop_input(request["pulled"])
        elif what == "truth":
            return self._truth()
        elif what == "heap":
            return self._heap()
        return {}

    def _add_fault(self, request: "dict[str, Any]") -> None:
        now_us = self._bench.clock.model_us()
        at_us = now_us if request["at_s"] is None else int(request["at_s"] * _US)
        self._bench.look()
        duration_s = request["duration_s"]
        duration_us = None if duration_s is None else int(duration_s * _US)
        self._bench.plant.faults.add(request["kind"], max(at_us, now_us), duration_us, request["value"])
        self._bench.schedule.changed()

    def _truth(self) -> "dict[str, Any]":
        self._bench.look()
        truth = self._bench.plant.truth
        return {
            "head_nl": truth.head_nl,
            "outlet_nl": truth.outlet_nl,
            "rotor_mdeg": truth.rotor_mdeg,
            "pressure_pa": truth.pressure_pa,
            "reservoir_nl": truth.reservoir_nl,
            "steps": self._bench.stepper.position,
        }

    def _heap(self) -> "dict[str, Any]":
        used, free = heap()
        return {"used": used, "free": free, "model": self.model_heap}

    def _answer(self, number: int, answer: "dict[str, Any]") -> None:
        answer["number"] = number
        answer["now_us"] = self._bench.clock.model_us()
        self._mux.send(CONTROL, json.dumps(answer).encode())
