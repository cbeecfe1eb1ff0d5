"""The process that an emulated board is: ``python -m pumpbench.emulated.board_process CONFIG.json``.

It lets the emulator's time and the model's pass side by side, and speaks with the process that serves the
board (frames of ``pumpbench/virtual/fakes/mux.py`` on its standard input and output). It ends when that one
does.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from pumpbench.emulated import parts, wiring
from pumpbench.emulated.bench import Bench, Neighbours
from pumpbench.emulated.emulator import Emulator
from pumpbench.emulated.pacing import Pacing
from pumpbench.emulated.parts import CYCLES_PER_US
from pumpbench.virtual.errors import VirtualBoardError
from pumpbench.virtual.fakes.due import Due
from pumpbench.virtual.fakes.mux import Mux
from pumpbench.virtual.fakes.power import PowerCut, Shutdown
from pumpbench.virtual.fakes.process import Pipes
from pumpbench.virtual.fakes.requests import Requests
from pumpbench.virtual.fakes.schedule import Grant
from pumpbench.virtual.plant.faults import KINDS
from pumpbench.virtual.plant.plant import Plant

_HELD_MS = 10


class EmulatedRequests(Requests):
    """Requests of the control port, as this board carries them out."""

    def __init__(self, neighbours: Neighbours, bench: Bench, pacing: Pacing, due: Due, mux: Mux) -> None:
        super().__init__(neighbours, due, mux)  # type: ignore[arg-type]  # the same face, another bench
        self._chip = bench
        self._pacing = pacing

    def _begin_grant(self, grant: Grant) -> None:
        self._pacing.begin_grant(grant)

    def _carry_out(self, what: str, request: dict[str, Any]) -> dict[str, Any]:
        if what == "hold":
            self._pacing.holders = request["holders"]
            return {}
        if what in ("edges", "marks", "chip", "heap"):
            told = self._chip.emulator.peek(what)
            return told | self._chip.serial.from_host() if what == "chip" else told
        return super()._carry_out(what, request)


class Supply:
    """The board on its bench, and its supply."""

    def __init__(self, config: dict[str, Any], folder: Path) -> None:
        self._mux = Mux(Pipes(), config["buffer"])
        plant = Plant(config["plant"])
        wires = wiring.read()
        self._bench = Bench(config, wires, plant, self._mux)
        neighbours = Neighbours(self._bench)
        self._due = Due(neighbours, self._mux, config["truth_us"], KINDS)  # type: ignore[arg-type]
        self._pacing = Pacing(self._bench.clock, config["realtime"])
        self._requests = EmulatedRequests(neighbours, self._bench, self._pacing, self._due, self._mux)
        chip = {
            "parts": str(parts.folder()),
            "flash": config["flash"],
            "unique_id": config["unique_id"][:16],
            "wiring": wires.for_emulator(),
        }
        self._emulator = Emulator(parts.node(), parts.program(), chip, folder, self._bench)
        self._bench.attach(self._emulator, self._pacing)
        self._told = False

    def live(self) -> None:
        """Run for as long as the parent wants it."""
        try:
            while True:
                off_us = 0
                try:
                    self._power_up()
                    while True:
                        self._pass_time()
                except PowerCut as cut:
                    off_us = cut.off_us
                self._emulator.set_supply(False)
                self._due.supply(False)
                self._bench.sensor.power_up()
                self._stay_off(off_us)
        finally:
            self._emulator.close()

    def _power_up(self) -> None:
        self._emulator.set_supply(True)
        self._due.supply(True)
        self._mux.flush()

    def _pass_time(self) -> None:
        """Let one stretch of time pass, or wait for the host where time stands still."""
        bench, pacing = self._bench, self._pacing
        bench.serial.gather()
        clock = bench.clock
        connected = bench.link.connected() or bench.repl.connected()
        end = min(pacing.end_of_stretch(connected), max(self._due.next_us(), clock.now + 1))
        held = pacing.grant is not None and bench.serial.congested()
        passed = end > clock.now and not held
        if passed:
            # Here alone: what came while time stood still, in whatever pieces, reaches the chip as one.
            bench.serial.hand_on()
            if not self._emulator.run(end * CYCLES_PER_US):
                raise PowerCut
            bench.look()
            self._due.serve()
        else:
            self._emulator.check()
        if pacing.booted and not self._told:
            self._told = True
            self._requests.ready()
        grant = pacing.over()
        if grant is not None:
            self._requests.answer_grant(grant)
        self._mux.flush()
        self._mux.serve(0 if passed else _HELD_MS if held else pacing.wait_ms())

    def _stay_off(self, off_us: int) -> None:
        """Let time pass without a chip until the supply is back."""
        until = self._bench.clock.now + off_us
        while self._bench.clock.now < until or self._due.active("power-cut"):
            with contextlib.suppress(PowerCut):  # there is no power to cut
                self._pass_time()


def main(config_path: Path) -> None:
    """Be a board until the parent has gone or says so."""
    config = json.loads(config_path.read_text(encoding="utf-8"))
    try:
        Supply(config, config_path.parent).live()
    except Shutdown:
        pass
    except VirtualBoardError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
