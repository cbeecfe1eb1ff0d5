"""``start``, ``pause`` and ``bolus``: what the pump delivers."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pumpbench.cli import say
from pumpbench.cli.device import COMMAND, confirm_dosing, open_pump
from pumpbench.cli.drugs import DrugLimits, LibraryFile, Reason
from pumpbench.cli.follow import carry_through, follow, stopped_by_ctrl_c
from pumpbench.cli.options import Db, Json, Port, Reservoir, Yes, quantity
from pumpbench.units import MAX_VOLUME_NL, RATE, VOLUME
from pumplink.numbers import MAX_FLOW_NL_H

if TYPE_CHECKING:
    from pumpbench.client import Client

Resume = Annotated[
    bool, typer.Option("--resume", help="go on after a pause or a reset instead of beginning anew")
]
_ATTENDED_LOOK_S = 86_400.0


def start(
    resume: Resume = False,
    yes: Yes = False,
    library: LibraryFile = None,
    reason: Reason = None,
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Start the committed program. An attended one is stopped when this command ends, so it stays."""
    from pumpbench.conduct.held_program import as_file

    limits = DrugLimits(library, reason, db)
    with open_pump(port, COMMAND) as pump:
        digest, program = pump.program()
        if limits.hold and not resume:
            limits.keep_program(as_file(program)[0], pump.reservoirs())
        if not resume and any(segment.volume_nl for segment in program.segments):
            confirm_dosing(pump, yes)
        if program.mode == "attended":
            say.warn("attended: the pump stops when this command ends (Ctrl-C)")
            with stopped_by_ctrl_c(pump):
                pump.start(digest, resume=resume)
                _stay(pump, json)
        else:
            pump.start(digest, resume=resume)
        told = {"program": program.name, "digest": digest.hex(), "mode": program.mode, "resumed": resume}
        told |= {"state": pump.status().state, "simulated": pump.info.simulated}
    _tell(told, json, f"{program.name}: {told['state']}")


def _stay(pump: "Client", json: bool) -> None:
    """Hold the lease until the run has ended, whatever it does in between."""
    doing = ("running", "bolus", "keep-open", "paused")
    while (state := pump.status().state) in doing:
        follow(pump, state, _ATTENDED_LOOK_S, state, quiet=json)


def pause(port: Port = None, json: Json = False) -> None:
    """Hold the program and its clock; ``start --resume`` goes on."""
    with open_pump(port, COMMAND) as pump:
        pump.pause()
        state = pump.status().state
    _tell({"state": state}, json, state)


def bolus(
    volume: Annotated[str, typer.Option(help='how much, like "0.1 mL"')],
    rate: Annotated[str, typer.Option(help='how fast, like "6 mL/h"')],
    reservoir: Reservoir = 0,
    yes: Yes = False,
    library: LibraryFile = None,
    reason: Reason = None,
    db: Db = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """Deliver a bolus, on top of the running program or alone; carried out at most once."""
    volume_nl = quantity(VOLUME, volume, "--volume", MAX_VOLUME_NL)
    rate_nl_h = quantity(RATE, rate, "--rate", MAX_FLOW_NL_H)
    limits = DrugLimits(library, reason, db)
    with open_pump(port, COMMAND) as pump:
        if limits.hold:
            limits.keep_bolus(reservoir, pump.reservoir(reservoir), volume_nl)
        confirm_dosing(pump, yes)
        told: dict[str, Any] = {"reservoir": reservoir, "volume_nl": volume_nl, "rate_nl_h": rate_nl_h}
        with stopped_by_ctrl_c(pump):
            told["state"] = carry_through(
                pump,
                lambda: pump.bolus(reservoir, volume_nl=volume_nl, rate_nl_h=rate_nl_h),
                "bolus",
                volume_nl * 3600 / rate_nl_h,
                "bolus",
                quiet=json,
            )
        told |= {"simulated": pump.info.simulated}
    _tell(told, json, f"bolus of {VOLUME.format(volume_nl)} at {RATE.format(rate_nl_h)}, now {told['state']}")


def _tell(told: dict[str, Any], json: bool, sentence: str) -> None:
    if json:
        say.json_line(told)
    else:
        say.line(sentence)
