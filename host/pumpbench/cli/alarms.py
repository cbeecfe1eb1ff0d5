"""``alarms``: what is latched, why, what to do, and taking note of it."""

from dataclasses import asdict
from typing import Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.device import COMMAND, OBSERVE, open_pump
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import Json, Port
from pumplink.alarm_table import ALARMS
from pumplink.alarm_texts import ALARM_TEXTS
from pumplink.names import PRIORITY_NAMES

app = typer.Typer(help="List alarms and take note of them.")
ALL = "all"
NAMES = tuple(str(alarm[1]) for alarm in ALARMS)


@app.command("list")
def list_(port: Port = None, json: Json = False) -> None:
    """List the latched alarms, the most urgent first."""
    with open_pump(port, OBSERVE) as pump:
        found = sorted(pump.alarms(), key=lambda alarm: -alarm.priority)
    if json:
        say.json_line({"alarms": [asdict(alarm) for alarm in found]})
        return
    rows = [
        (
            alarm.name,
            PRIORITY_NAMES[alarm.priority],
            "present" if alarm.present else "gone",
            *_texts(alarm.code),
        )
        for alarm in found
    ]
    say.table(("alarm", "priority", "cause", "raised when", "what to do"), rows, "no alarms")


@app.command()
def ack(
    name: Annotated[str, typer.Argument(metavar="NAME|all", help="the alarm's name, or all")],
    port: Port = None,
    json: Json = False,
) -> None:
    """Take note of an alarm, so that the pump may be started again once the cause is gone."""
    if name != ALL and name not in NAMES:
        raise UsageError(f'there is no alarm "{name}"; allowed are {ALL}, {", ".join(NAMES)}')
    with open_pump(port, COMMAND) as pump:
        taken = [alarm.name for alarm in pump.alarms() if alarm.latched] if name == ALL else [name]
        for one in taken:
            pump.acknowledge(one)
        left = [asdict(alarm) for alarm in pump.alarms()]
    if json:
        say.json_line({"acknowledged": taken, "alarms": left})
    else:
        say.line(f"acknowledged: {', '.join(taken) or 'nothing, there was no alarm'}")


def _texts(code: int) -> tuple[str, str]:
    return ALARM_TEXTS[code] if code < len(ALARM_TEXTS) else ("", "")
