"""A&D: the standard format of the GX, GF, FX, HR and similar series (A&D's instruction manuals).

``Q`` asks for the weight now: ``ST,+00123.45  g`` (stable), ``US,...`` (unstable), ``OL,+9999999E+19`` and
``OL,-9999999E+19`` (over- and underload), ``QT,...`` (pieces). ``EC,E11`` and the like are errors. Zero and
tare are acknowledged with the byte ACK (twice: taken, and done) where that is switched on.
"""

import re

from pumpbench.balances.protocol import Command
from pumpbench.balances.reading import (
    GARBLED,
    OVERLOAD,
    REFUSED,
    UNDERLOAD,
    UNKNOWN_UNIT,
    Reading,
    weight,
)
from pumpbench.client.port import Settings

_WEIGHT = re.compile(r"(ST|US|WT),([+-]\s*[0-9.]+)\s*(\S*)")
_ACK = "\x06"


class AAndD:
    """A&D balances at the factory's 2400 baud, 7 bits, even parity."""

    name = "a-and-d"
    maker = "A&D"
    settings = Settings(2400, 7, "E")
    ask = b"Q\r\n"
    zero = Command(b"Z\r\n", b"R\r\n")
    tare = Command(b"T\r\n")
    identify: tuple[bytes, ...] = (b"?TN\r\n", b"?SN\r\n")
    answers_commands = False

    def reading(self, line: str) -> Reading | None:
        """See `BalanceProtocol`."""
        text = line.replace(_ACK, "").strip()
        if not text:
            return None
        if text.startswith("OL"):
            return Reading(UNDERLOAD if "-" in text[:5] else OVERLOAD, line=line)
        if text.startswith("EC"):
            return Reading(REFUSED, line=line)
        if text.startswith("QT"):
            return Reading(UNKNOWN_UNIT, unit=text.split()[-1], line=line)
        match = _WEIGHT.fullmatch(text)
        if match is None:
            return Reading(GARBLED, line=line)
        return weight(match[2], match[3] or None, match[1] != "US", line)

    def accepted(self, line: str) -> bool | None:
        """See `BalanceProtocol`."""
        if line.startswith("EC"):
            return False
        return True if _ACK in line else None

    def unknown(self, line: str) -> bool:
        """See `BalanceProtocol`."""
        return line.startswith("EC,E01")
