"""Set the checkout up: environment, packages, MicroPython, emulator. Standard library only, run by ``make``.

``python3 host/bootstrap.py`` leaves ``build/venv`` with pumpbench in it (editable) and, where none is on
PATH, ``build/micropython/micropython``. With ``emulator`` it also builds the emulated board's parts in
``build/emulator``; with ``emulator-if-possible`` it does so where that is possible, and says why where not.
All of it is quick when nothing has changed. What it cannot do for lack of a permission it says in one line,
with the command to type.
"""

import sys

from set_up import emulator
from set_up.environment import make_environment
from set_up.micropython import get_micropython
from set_up.shell import BUILD, SetUpError
from set_up.window import get_window_libraries

_EMULATOR = "emulator"
_IF_POSSIBLE = "emulator-if-possible"


def main(arguments: list[str]) -> int:
    """Set up what is missing; 0 when all is there, 1 with one sentence when not."""
    BUILD.mkdir(exist_ok=True)
    try:
        make_environment()
        get_micropython()
        get_window_libraries()
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    if _EMULATOR in arguments or _IF_POSSIBLE in arguments:
        try:
            emulator.build()
        except SetUpError as error:
            print(f"set-up: the emulator is not built: {error}", file=sys.stderr)
            return 0 if _IF_POSSIBLE in arguments else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
