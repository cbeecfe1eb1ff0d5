"""``monitor``: the pump live in the terminal; plain lines where the output is no terminal."""

import sys
import time
from typing import TYPE_CHECKING, Any

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, choose
from pumpbench.cli.options import Json, Port
from pumpbench.units import PRESSURE, RATE, TEMPERATURE, VOLUME, format_clock
from pumplink.alarm_table import ALARMS
from pumplink.names import STATE_NAMES

if TYPE_CHECKING:
    from pumpbench.client import Client, Records, State

USUAL = {"alarms": "none", "link": "connected"}
_EVERY_S = 1.0
_REDRAW_S = 0.2


def monitor(port: Port = None, json: Json = False) -> None:
    """Watch the pump until Ctrl-C."""
    from pumpbench.client import connect

    watch = _Watch()
    with connect(choose(port), role=OBSERVE, on_records=watch.on_records, on_state=watch.on_state) as pump:
        pump.limits()  # refused by a board of another version, whose records could not be read
        try:
            if json or not sys.stdout.isatty():
                _lines(pump, watch, json)
            else:
                _live(pump, watch)
        except KeyboardInterrupt:
            return


class _Watch:
    """The newest record, as the client's callbacks bring it."""

    def __init__(self) -> None:
        self.newest: Any = None
        self.link = "connected"

    def on_records(self, records: "Records") -> None:
        if len(records):
            self.newest = records[-1]

    def on_state(self, state: "State") -> None:
        self.link = str(state)

    def fields(self, pump: "Client") -> dict[str, Any] | None:
        """Return the newest record as plain values, None before the first."""
        record = self.newest
        if record is None:
            return None
        told = {name: record[name].item() for name in record.dtype.names}
        told["state"] = STATE_NAMES[told["state"]]
        told["alarms"] = [str(alarm[1]) for alarm in ALARMS if told["alarms"] >> alarm[0] & 1]
        return told | {"link": self.link, "simulated": pump.info.simulated}


def _lines(pump: "Client", watch: _Watch, json: bool) -> None:
    while True:
        time.sleep(_EVERY_S)
        told = watch.fields(pump)
        if told is None:
            continue
        if json:
            say.json_line(told)
            continue
        words = _words(told)
        say.line(", ".join(f"{name} {words[name]}" for name in ("time", "state", "set", "counted", "alarms")))


def _live(pump: "Client", watch: _Watch) -> None:
    from rich.live import Live
    from rich.table import Table

    def picture() -> Table:
        told = watch.fields(pump)
        title = f"{pump.info.board} {pump.info.unique_id[:8]}" + (
            ", SIMULATED" if pump.info.simulated else ""
        )
        table = Table(title=title, show_header=False, min_width=50)
        for name, value in (_words(told) if told else {"": "waiting for telemetry"}).items():
            table.add_row(name, value, style="" if value == USUAL.get(name, value) else "bold red")
        return table

    with Live(get_renderable=picture, refresh_per_second=1 / _REDRAW_S, screen=False):
        while True:
            time.sleep(_EVERY_S)


def _words(told: dict[str, Any]) -> dict[str, str]:
    return {
        "state": told["state"],
        "time": format_clock(told["time_us"] / 1e6),
        "set": RATE.format(told["set_nl_h"]),
        "to the motor": RATE.format(told["flow_nl_h"]),
        "by the sensor": RATE.format(told["measured_nl_h"]),
        "commanded": VOLUME.format(told["commanded_nl"]),
        "counted": VOLUME.format(told["counted_nl"]),
        "measured": VOLUME.format(told["measured_nl"]),
        "remaining": f"{VOLUME.format(told['remaining_nl'])} in reservoir {told['reservoir']}",
        "pressure": PRESSURE.format(told["pressure_pa"]),
        "temperature": TEMPERATURE.format(told["temperature_mc"]),
        "rotor": f"{told['rotor_mdeg'] / 1000:.0f}°",
        "alarms": ", ".join(told["alarms"]) or "none",
        "link": told["link"],
    }
