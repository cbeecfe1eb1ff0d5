"""Waiting for the pump to end what it does, with a bar for people; Ctrl-C stops the pump."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pumpbench.cli import say
from pumpbench.cli.exits import PumpError

if TYPE_CHECKING:
    from pumpbench.client import Client, Status

_LOOK_S = 0.2
_WHOLE = 0.9  # of the time that a volume takes at its rate: a rotor map makes parts of a turn quicker


@contextlib.contextmanager
def stopped_by_ctrl_c(pump: "Client") -> Iterator[None]:
    """Stop the pump when Ctrl-C comes, from the moment before it is told to move."""
    try:
        yield
    except KeyboardInterrupt:
        say.warn(f"interrupted: the pump is {pump.stop().state}")
        raise


def carry_through(
    pump: "Client", order: Callable[[], object], doing: str, lasts_s: float, what: str, quiet: bool
) -> str:
    """Give an order that takes so long by the board's clock, wait until it is over, and return the state.

    Raises `PumpError` when it was over too early.
    """
    began_us = pump.status().time_us
    order()
    status = follow(pump, doing, lasts_s, what, quiet)
    gone_s = (status.time_us - began_us) / 1e6
    if gone_s < 0:
        raise PumpError(f"the board restarted in the midst of the {what}: only a part was moved")
    if gone_s < lasts_s * _WHOLE:
        why = "somebody else stopped the pump" if status.state == "stopped" else f"the pump is {status.state}"
        raise PumpError(f"the {what} ended before its volume: {why}")
    return status.state


def follow(pump: "Client", doing: str, expected_s: float, what: str, quiet: bool) -> "Status":
    """Wait until the pump's state is another one than ``doing`` and return its status then.

    Raises `PumpError` with the alarms' names when one stopped the pump.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    began_us = None
    with Progress(*columns, console=say.bar_console(quiet), transient=True) as bar:
        task = bar.add_task(what, total=max(expected_s, 0.001))
        while (status := pump.status()).state == doing:
            began_us = status.time_us if began_us is None else began_us
            bar.update(task, completed=(status.time_us - began_us) / 1e6)
            time.sleep(_LOOK_S)
    if status.state == "alarm-stop":
        names = ", ".join(alarm.name for alarm in pump.alarms())
        raise PumpError(f"{what} was stopped by an alarm: {names}; `pumpbench alarms list` says what to do")
    return status
