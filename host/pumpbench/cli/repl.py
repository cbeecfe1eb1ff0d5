"""``repl``: the board's own prompt, for a look inside."""

import subprocess
import sys

from pumpbench.cli import say
from pumpbench.cli.device import choose
from pumpbench.cli.exits import PumpError, UsageError
from pumpbench.cli.options import Port

_PROMPT_S = 20.0


def repl(port: Port = None) -> None:
    """Open MicroPython's prompt by mpremote; the pump must stand, and runs again afterwards."""
    from pumpbench.client.discover import identify
    from pumpbench.client.frozen import release
    from pumpbench.flashing import repl as prompts
    from pumpbench.flashing.errors import NoBoard, PumpBusy
    from pumpbench.flashing.places import Places

    if not sys.stdin.isatty():
        raise UsageError("`pumpbench repl` is for typing at: start it from a terminal")
    url = choose(port)
    places = Places(url)
    if identify(url) is not None:
        answer = release(url)
        if not answer.released:
            stands = answer.state in ("stopped", "finished")
            why = "has no prompt at its port" if stands else f"is {answer.state}: stop it first"
            raise PumpBusy(f"the pump at {url} {why}")
    prompt = prompts.enter(places, _PROMPT_S)
    if prompt is None:
        raise NoBoard(f"there is no prompt at {url}")
    prompt.transport.exit_raw_repl()
    prompt.close()
    code = subprocess.call(
        [sys.executable, "-m", "pumpbench.flashing.mpremote", "connect", prompt.url, "repl"]
    )
    again = prompts.enter(places, _PROMPT_S)
    if again is None:
        raise PumpError(f"the board at {url} is still busy: unplug it to let its pump run again")
    again.restart()
    say.line("the board restarts with its pump stopped")
    if code:
        raise PumpError(f"mpremote ended with code {code}")
