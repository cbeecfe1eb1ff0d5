"""Mettler-Toledo: MT-SICS levels 0 and 1 (MT-SICS reference manual, METTLER TOLEDO).

``SI`` is answered by ``S S     100.00 g`` (stable), ``S D ...`` (dynamic), ``S I`` (busy), ``S +``
(overload), ``S -`` (underload); ``ES``, ``ET``, ``EL`` are a syntax, a transmission and a logical error.
"""

import re

from pumpbench.balances.protocol import Command
from pumpbench.balances.reading import BUSY, GARBLED, OVERLOAD, REFUSED, UNDERLOAD, Reading, weight
from pumpbench.client.port import Settings

_WEIGHT = re.compile(r"S ([SD])\s+([+-]?\s*[0-9.]+)(?:\s+(\S+))?")
_STATES = {"I": BUSY, "+": OVERLOAD, "-": UNDERLOAD}
_ERRORS = ("ES", "ET", "EL")


class MtSics:
    """Mettler-Toledo balances at 9600 baud, 8 bits, no parity."""

    name = "mt-sics"
    maker = "Mettler-Toledo"
    settings = Settings(9600)
    ask = b"SI\r\n"
    zero = Command(b"ZI\r\n", b"Z\r\n")
    tare = Command(b"TI\r\n", b"T\r\n")
    identify: tuple[bytes, ...] = (b"I2\r\n", b"I4\r\n")
    answers_commands = True

    def reading(self, line: str) -> Reading | None:
        """See `BalanceProtocol`."""
        if line in _ERRORS:
            return Reading(REFUSED, line=line)
        if not line.startswith("S "):
            return None
        state = _STATES.get(line[2:].strip())
        if state is not None:
            return Reading(state, line=line)
        match = _WEIGHT.fullmatch(line.rstrip())
        if match is None:
            return Reading(GARBLED, line=line)
        return weight(match[2], match[3], match[1] == "S", line)

    def accepted(self, line: str) -> bool | None:
        """See `BalanceProtocol`."""
        if line in _ERRORS:
            return False
        parts = line.split()
        if not parts or parts[0] not in ("Z", "ZI", "T", "TI"):
            return None
        return len(parts) > 1 and parts[1] in ("A", "S", "D")

    def unknown(self, line: str) -> bool:
        """See `BalanceProtocol`."""
        return line == "ES"
