"""The supply, the reset line and the firmware of the board on the bench.

The firmware's ``main.py`` is started, and started again after every power cut and reset, with all its
modules dropped as a chip drops its memory. The model and the flash stay.
"""

import gc

import machine  # noqa: F401 (a chip has it built in: it is the bench's, not the firmware's)

from .bench import Bench
from .due import Due
from .firmware_modules import FirmwareModules
from .mux import Mux
from .power import POWER_ON, BoardReset, PowerCut
from .process import Pipes, heap, print_exception
from .requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..plant.plant import Plant

_SECOND_US = 1_000_000
_FIRMWARE = ("pumpfw", "pumplink")


class Supply:
    """Puts a board on the bench as `config` says, wires it to `plant`, and runs the firmware at
    `main_path`."""

    def __init__(
        self, config: "dict[str, Any]", plant: "Plant", fault_kinds: "tuple[str, ...]", main_path: str
    ) -> None:
        mux = self._mux = Mux(Pipes(), config["buffer"])
        self._bench = Bench(config, plant, mux)
        self._due = Due(self._bench, mux, config["truth_us"], fault_kinds)
        self._requests = Requests(self._bench, self._due, mux)
        self._main_path = main_path
        self._modules = FirmwareModules(_FIRMWARE)
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
            self._modules.forget()
            gc.collect()
            if cause == POWER_ON:
                self._bench.sensor.power_up()
                self._stay_off(off_us)

    def _power_up(self, cause: int) -> None:
        self._requests.ended = False
        self._bench.power_up(cause)
        self._due.supply(True)
        self._requests.model_heap = heap()[0]
        self._requests.ready()
        self._mux.flush()

    def _run(self) -> None:
        """Run ``main.py``; when it ends the chip stands at its prompt until the watchdog bites, if it was
        started."""
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
