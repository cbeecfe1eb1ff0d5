"""``selftest``: what the board found out about itself when it was switched on."""

from dataclasses import asdict

from pumpbench.cli import say
from pumpbench.cli.device import OBSERVE, open_pump
from pumpbench.cli.exits import PumpError
from pumpbench.cli.options import Json, Port


def selftest(port: Port = None, json: Json = False) -> None:
    """Show the power-on self-test: memory, flash, sensor, motor, valve, clock; code 4 when one failed."""
    with open_pump(port, OBSERVE) as pump:
        found = pump.selftest()
        simulated = pump.info.simulated
    if json:
        say.json_line(asdict(found) | {"passed": found.passed, "simulated": simulated})
    else:
        details = {
            "memory": f"{found.memory_free // 1024} kB free after start" if found.memory_free else "",
            "flash": f"{found.flash_size // 1024} kB for journal, events and summaries",
            "motor": f"{found.motor_steps} steps while it was off",
            "clock": f"the test took {found.took_us / 1000:.1f} ms",
        }
        rows = [(name, result, details.get(name, "")) for name, result in found.parts.items()]
        say.table(("part", "result", "simulated" if simulated else ""), rows, "")
    failed = [name for name, result in found.parts.items() if result == "failed"]
    if failed:
        raise PumpError(f"the self-test failed: {', '.join(failed)}")
