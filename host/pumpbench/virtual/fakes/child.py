"""The process that a virtual board is: ``micropython child.py CONFIG.json MAIN.py``, or the same with CPython.

It puts a board on the bench, starts the firmware's ``main.py``, and starts it again after every power cut and reset,
with all its modules dropped as a chip drops its memory. The model and the flash stay. It ends with its parent.
"""

import gc
import json
import sys

if sys.implementation.name == "micropython":
    gc.threshold(4096)  # what compiling leaves behind must not scatter the heap  # type: ignore[attr-defined]

# The largest modules first: compiling takes several times the memory of the result.
from plant.plant import Plant  # isort: skip
from plant.faults import KINDS  # isort: skip

from fakes.bench import Bench
from fakes.due import Due
from fakes.mux import Mux
from fakes.power import POWER_ON, BoardReset, PowerCut, Shutdown
from fakes.process import Pipes, print_exception
from fakes.requests import Requests

_SECOND_US = 1_000_000
_FIRMWARE = ("pumpfw", "pumplink")


class Board:
    """The supply, the reset line and the firmware."""

    def __init__(self, config: dict, main_path: str) -> None:  # type: ignore[type-arg]
        mux = self._mux = Mux(Pipes())
        self._bench = Bench(config, Plant(config["plant"]), mux)
        self._due = Due(self._bench, mux, config["truth_us"], KINDS)
        self._requests = Requests(self._bench, self._due, mux)
        self._main_path = main_path
        self._bench.schedule.attach(self._due, self._requests.answer_grant)

    def live(self) -> None:
        """Run for as long as the parent wants it."""
        cause = POWER_ON
        while True:
            off_us = 0
            try:
                self._power_up(cause)
                self._run()
            except PowerCut as cut:
                cause = POWER_ON
                off_us = cut.off_us
            except BoardReset as reset:
                cause = reset.cause
            self._bench.power_down()
            self._due.supply(False)
            _forget_firmware()
            if cause == POWER_ON:
                self._bench.sensor.power_up()
                self._stay_off(off_us)

    def _power_up(self, cause: int) -> None:
        self._requests.ended = False
        self._bench.power_up(cause)
        self._due.supply(True)
        self._requests.ready()
        self._mux.flush()

    def _run(self) -> None:
        """Run ``main.py``; when it ends the chip stands at its prompt until the watchdog bites, if it was started."""
        try:
            with open(self._main_path) as file:
                source = file.read()
            exec(compile(source, self._main_path, "exec"), {"__name__": "__main__"})
        except Exception as error:  # noqa: BLE001 (a chip prints it too, and goes on to its prompt)
            print_exception(error)
        self._requests.ended = True
        clock = self._bench.clock
        while True:
            self._bench.schedule.pass_until(clock.now + _SECOND_US)

    def _stay_off(self, off_us: int) -> None:
        bench = self._bench
        until = bench.clock.crystal_us(bench.clock.model_us() + off_us)
        while bench.clock.now < until or self._due.active("power-cut"):
            bench.schedule.pass_until(min(bench.clock.now + _SECOND_US, self._due.next_us()))


def _forget_firmware() -> None:
    for name in list(sys.modules):
        if name.split(".")[0] in _FIRMWARE:
            del sys.modules[name]
    gc.collect()


def main() -> None:
    """Be a board until the parent has gone or says so."""
    try:
        board = Board(_read_config(sys.argv[1]), sys.argv[2])
        if sys.implementation.name == "micropython":
            gc.threshold(-1)  # type: ignore[attr-defined]
        board.live()
    except Shutdown:
        pass


def _read_config(path: str) -> dict:  # type: ignore[type-arg]
    with open(path) as file:
        return json.load(file)


main()
