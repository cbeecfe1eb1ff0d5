"""``status`` and ``stop``: on any firmware, also while another program has the port."""

from dataclasses import asdict

from pumpbench.cli import say
from pumpbench.cli.device import running_port
from pumpbench.cli.options import Json, Port
from pumpbench.units import RATE, VOLUME, format_clock
from pumplink.names import PRIORITY_NAMES


def status(port: Port = None, json: Json = False) -> None:
    """Show what the pump is doing, also from another shell while a program holds the port."""
    from pumpbench.client import frozen

    told = frozen.status(running_port(port))
    if json:
        say.json_line(asdict(told))
        return
    say.pairs(
        {
            "state": told.state,
            "alarm": PRIORITY_NAMES[told.priority],
            "flow": RATE.format(told.rate_nl_h),
            "delivered": VOLUME.format(told.delivered_nl),
            "remaining": VOLUME.format(told.remaining_nl),
            "up for": format_clock(told.time_us / 1e6),
        }
    )


def stop(port: Port = None, json: Json = False) -> None:
    """Stop the pump at once: in every state, from anyone, also while another program holds the port."""
    from pumpbench.client import frozen

    told = frozen.stop(running_port(port))
    if json:
        say.json_line(asdict(told))
    else:
        say.line(f"{told.state}, {VOLUME.format(told.delivered_nl)} delivered in this run")
