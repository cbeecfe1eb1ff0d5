"""``python -m pumpbench.flashing.mpremote ...``: mpremote, which waits for keys at a socket too."""

import select
import sys
from typing import Any

from mpremote.console import ConsolePosix
from mpremote.main import main


def wait(console: ConsolePosix, port: Any) -> None:
    """Wait until a key is pressed or the board says something; mpremote's own asks for a serial device's
    ``fd``, which a socket has not.
    """
    select.select([console.infd, port.fileno()], [], [])


ConsolePosix.waitchar = wait

if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        print(f"\r\nthe board has ended the connection: {error}")
