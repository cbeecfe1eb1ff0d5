"""``ports`` and ``info``: what is plugged in, and who answers."""

from dataclasses import asdict
from typing import Any

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, open_pump
from pumpbench.cli.options import Json, Port
from pumpbench.units import PRESSURE, RATE, VOLUME


def ports(json: Json = False) -> None:
    """List the serial ports, and the pumps that answer at them."""
    from pumpbench.client.discover import find_boards, list_serial_ports

    answered = {place.url: info for place, info in find_boards()}
    found = [asdict(place) | {"pump": _short(answered.get(place.url))} for place in list_serial_ports()]
    if json:
        say.json_line({"ports": found, "virtual": "virtual"})
        return
    rows = [
        (
            place["url"],
            place["kind"] or place["description"],
            place["pump"]["board"] if place["pump"] else "-",
        )
        for place in found
    ]
    say.table(
        ("port", "what", "pump"), [*rows, ("virtual", "a virtual board, started when named", "virtual")], ""
    )


def info(port: Port = None, json: Json = False) -> None:
    """Tell who the board is: firmware, protocol, capabilities, limits, why it last reset."""
    with open_pump(port, OBSERVE) as pump:
        told = asdict(pump.info) | {"simulated": pump.info.simulated, "port": pump.port}
        limits = asdict(pump.limits()) if pump.info.fits else None
    if json:
        say.json_line(told | {"limits": limits})
        return
    words = {
        name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in told.items()
    }
    say.pairs(words | _limits_in_words(limits))


def _short(info: Any) -> dict[str, Any] | None:
    if info is None:
        return None
    return {"board": info.board, "unique_id": info.unique_id, "firmware": info.firmware, "fits": info.fits}


def _in_words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _limits_in_words(limits: dict[str, int] | None) -> dict[str, str]:
    if limits is None:
        return {"limits": "not told, the firmware fits another version of pumpbench"}
    bolus = f"{VOLUME.format(limits['max_bolus_nl'])} at {RATE.format(limits['max_bolus_nl_h'])}"
    return {
        "highest flow": RATE.format(limits["max_flow_nl_h"]),
        "largest bolus": bolus,
        "volume in any hour": VOLUME.format(limits["max_hour_nl"]),
        "highest pressure": PRESSURE.format(limits["max_pressure_pa"]),
    }
