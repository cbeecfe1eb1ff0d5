"""A Mettler-Toledo balance on a serial port: MT-SICS level 0 and 1, in virtual time, fed by the model.

Lines end with CR LF, upper case. ``S`` waits for a stable value, ``SI`` does not, ``SIR`` repeats;
``Z``/``ZI`` zero, ``T``/``TI`` tare; ``@`` resets; ``I4`` tells the serial number. ``ES`` is a syntax
error, ``EL`` a parameter that a command does not have, ``ET`` bytes that are no text. Source: MT-SICS
reference manual (METTLER TOLEDO).
"""

import math

from .clock import Clock
from .mux import BALANCE, Mux
from .schedule import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..plant.plant import Plant

REPEAT_US = 100_000
STABLE_TIMEOUT_US = 40_000_000
SERIAL_NUMBER = "B123456789"
_LONGEST_LINE = 80
_WAITING = ("S", "T", "Z")
_COMMANDS = ("S", "SI", "SIR", "T", "TI", "Z", "ZI", "@", "I4")


class MtSics:
    """Takes the bytes of its port from the mux and answers there; ``serve`` is due at ``next_us`` (model
    time)."""

    def __init__(
        self, plant: "Plant", config: "dict[str, Any]", mux: Mux, clock: Clock, look: "Callable[[], None]"
    ) -> None:
        self.next_us = NEVER
        self._plant = plant
        self._mux = mux
        self._clock = clock
        self._look = look
        self._decimals = max(0, round(3 - math.log10(config["resolution_mg"])))
        self._line = bytearray()
        self._broken = False
        self._now_us = 0
        self._reset()
        mux.on(BALANCE, self._receive)

    def serve(self, now_us: int) -> None:
        """Answer what waited for a stable value, or repeats."""
        self._now_us = now_us
        if now_us < self.next_us:
            return
        if self._repeats:
            self._send_weight("S")
        elif self._pending is not None:
            self._try_pending()
        busy = self._repeats or self._pending is not None
        self.next_us = now_us + REPEAT_US if busy else NEVER

    def _reset(self) -> None:
        self._zero_mg = 0.0
        self._tare_mg = 0.0
        self._repeats = False
        self._pending: str | None = None
        self._pending_until_us = 0

    def _receive(self, payload: bytes) -> None:
        self._look()
        self._now_us = self._clock.model_us()
        for byte in payload:
            if byte == 10:
                self._end_line()
            elif byte != 13:
                if byte < 32 or byte > 126 or len(self._line) >= _LONGEST_LINE:
                    self._broken = True
                else:
                    self._line.append(byte)

    def _end_line(self) -> None:
        line = bytes(self._line).decode()
        broken = self._broken
        self._line = bytearray()
        self._broken = False
        if self._plant.faults.value("balance-silent") is not None:
            return
        if broken:
            self._send("ET")
        elif line in _COMMANDS:
            self._command(line)
        elif line.split(" ")[0] in _COMMANDS:
            self._send("EL")
        elif line:
            self._send("ES")

    def _command(self, command: str) -> None:
        if self._pending is not None and command != "@":
            self._send(command[0] + " I")
            return
        if command[0] == "S" or command == "@":
            self._repeats = False
        if command == "@":
            self._reset()
        if command in ("@", "I4"):
            self._send('I4 A "%s"' % SERIAL_NUMBER)
        elif command in _WAITING:
            self._pending = command
            self._pending_until_us = self._now_us + STABLE_TIMEOUT_US
            self._try_pending()
        elif command == "SIR":
            self._repeats = True
            self._send_weight("S")
        elif command == "SI":
            self._send_weight("S")
        else:
            self._set_reference(command)
        busy = self._repeats or self._pending is not None
        self.next_us = self._now_us + REPEAT_US if busy else NEVER

    def _try_pending(self) -> None:
        command = self._pending or ""
        _, stable, sign = self._reading()
        if not stable and not sign and self._now_us < self._pending_until_us:
            return
        self._pending = None
        if not stable and not sign:
            self._send("%s I" % command)
        elif command == "S":
            self._send_weight("S")
        else:
            self._set_reference(command)

    def _set_reference(self, command: str) -> None:
        """Take the weight now as zero (``Z``, ``ZI``) or as tare (``T``, ``TI``)."""
        mass_mg, stable, sign = self._reading()
        if sign:
            self._send("%s %s" % (command, sign))
            return
        state = "S" if stable else "D"
        if command[0] == "Z":
            self._zero_mg = mass_mg
            self._tare_mg = 0.0
            self._send("Z A" if command == "Z" else "ZI " + state)
        else:
            self._tare_mg = mass_mg - self._zero_mg
            self._send("%s %s %s" % (command, state, self._format(self._tare_mg)))

    def _send_weight(self, command: str) -> None:
        mass_mg, stable, sign = self._reading()
        if self._plant.faults.value("balance-silent") is not None:
            return
        if sign:
            self._send("%s %s" % (command, sign))
        else:
            net_mg = mass_mg - self._zero_mg - self._tare_mg
            self._send("%s %s %s" % (command, "S" if stable else "D", self._format(net_mg)))

    def _reading(self) -> "tuple[float, bool, str]":
        """Return mass on the pan in mg, whether it stands still, and ``+`` where the pan is overloaded."""
        mass_mg, stable, status = self._plant.balance.reading(self._now_us)
        return mass_mg, stable, "+" if status else ""

    def _format(self, mass_mg: float) -> str:
        if self._plant.faults.value("balance-unit") is not None:
            return "%10.*f mg" % (max(0, self._decimals - 3), mass_mg)
        return "%10.*f g" % (self._decimals, mass_mg / 1000.0)

    def _send(self, line: str) -> None:
        self._mux.send(BALANCE, (line + "\r\n").encode())
