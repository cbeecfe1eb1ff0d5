"""A client of the control port: what a script uses to let time pass on a virtual board, and to break it."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

from pumpbench.virtual.errors import ControlError


class ControlPort:
    """One connection to a control port, ``socket://HOST:PORT``. Not for several threads at once.

    Raises:
        ControlError: from every method: the board refused the request, or is gone.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            if parts.scheme != "socket" or not parts.hostname or not parts.port:
                raise ControlError(f"{url} names no control port: expected socket://HOST:PORT")
            self._socket = socket.create_connection((parts.hostname, parts.port))
        except (OSError, ValueError) as error:
            raise ControlError(f"no control port at {url}: {error}") from None
        self._lines = self._socket.makefile("rb")

    def advance(self, us: int, until: str | None = None) -> dict[str, Any]:
        """Let `us` of virtual time pass, or less with ``until="event"``; return ``now_us`` and ``reason``.

        The reason is ``time``, ``event``, or ``end`` when the firmware has ended by itself.
        """
        return self.ask({"advance_us": us, "until": until})

    def fault(
        self,
        kind: str,
        value: float | None = None,
        duration_s: float | None = None,
        at_s: float | None = None,
    ) -> None:
        """Begin a fault now, or at `at_s` of virtual time; without a duration it never ends."""
        self.ask({"fault": {"kind": kind, "value": value, "duration_s": duration_s, "at_s": at_s}})

    def refill(self, reservoir: int, contents_ml: float) -> None:
        """Empty a reservoir and fill it."""
        self.ask({"refill": {"reservoir": reservoir, "contents_ml": contents_ml}})

    def power_cut(self, after_flash_bytes: int | None = None) -> None:
        """Cut the power for a moment: now, or in the midst of the flash write that comes to that many
        bytes."""
        self.ask({"power_cut": {"after_flash_bytes": after_flash_bytes}})

    def stop_input(self, pulled: bool) -> None:
        """Pull the stop input, or let it go."""
        self.ask({"stop_input": pulled})

    def truth(self) -> dict[str, float]:
        """Return what really happened so far: ``now_us`` and the truth file's other columns."""
        return self.ask({"peek": "truth"})

    def heap(self) -> dict[str, int | None]:
        """Return what MicroPython's heap holds, collected, in bytes: ``used``, ``free``, and ``model``, how
        much of ``used`` was there before the firmware started. None with CPython.
        """
        return self.ask({"peek": "heap"})

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request; return its answer."""
        return self.ask_line(json.dumps(request).encode() + b"\n")

    def ask_line(self, line: bytes) -> dict[str, Any]:
        """Send one line as it is; return its answer."""
        try:
            self._socket.sendall(line)
            line = self._lines.readline()
        except OSError as error:
            raise ControlError(f"the control port is gone: {error}") from None
        if not line:
            raise ControlError("the control port is gone: the board's process has ended")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ControlError(answer["error"])
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._lines.close()
        self._socket.close()
