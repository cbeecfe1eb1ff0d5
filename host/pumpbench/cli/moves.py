"""``prime``, ``purge`` and ``jog``: bounded set-up moves that no run counts."""

from typing import Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.device import COMMAND, open_pump
from pumpbench.cli.follow import carry_through, stopped_by_ctrl_c
from pumpbench.cli.options import Json, Port, Reservoir, quantity
from pumpbench.units import MAX_VOLUME_NL, RATE, VOLUME
from pumplink.numbers import MAX_FLOW_NL_H

Volume = Annotated[str, typer.Option(help='how much, like "0.5 mL"')]
Rate = Annotated[str, typer.Option(help='how fast, like "30 mL/h"')]
RATE_DEFAULT = "30 mL/h"


def prime(
    volume: Volume, rate: Rate = RATE_DEFAULT, reservoir: Reservoir = 0, port: Port = None, json: Json = False
) -> None:
    """Fill the line."""
    _move("prime", volume, rate, reservoir, port, json)


def purge(
    volume: Volume, rate: Rate = RATE_DEFAULT, reservoir: Reservoir = 0, port: Port = None, json: Json = False
) -> None:
    """Drive air out of the line."""
    _move("purge", volume, rate, reservoir, port, json)


def jog(
    volume: Volume, rate: Rate = RATE_DEFAULT, reservoir: Reservoir = 0, port: Port = None, json: Json = False
) -> None:
    """Turn the head a little."""
    _move("jog", volume, rate, reservoir, port, json)


def _move(kind: str, volume: str, rate: str, reservoir: int, port: str | None, json: bool) -> None:
    volume_nl = quantity(VOLUME, volume, "--volume", MAX_VOLUME_NL)
    rate_nl_h = quantity(RATE, rate, "--rate", MAX_FLOW_NL_H)
    with open_pump(port, COMMAND) as pump, stopped_by_ctrl_c(pump):
        state = carry_through(
            pump,
            lambda: pump.move(kind, reservoir=reservoir, volume_nl=volume_nl, rate_nl_h=rate_nl_h),
            "moving",
            volume_nl * 3600 / rate_nl_h,
            kind,
            quiet=json,
        )
        simulated = pump.info.simulated
    told = {
        "move": kind,
        "reservoir": reservoir,
        "volume_nl": volume_nl,
        "rate_nl_h": rate_nl_h,
        "state": state,
    }
    if json:
        say.json_line(told | {"simulated": simulated})
    else:
        say.line(f"{kind}: {VOLUME.format(volume_nl)} at {RATE.format(rate_nl_h)}, now {state}")
