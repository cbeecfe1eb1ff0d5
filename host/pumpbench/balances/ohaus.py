"""OHAUS: the RS232 commands of Adventurer, Explorer, Pioneer and similar (OHAUS' service and user manuals).

``IP`` prints the weight now: the value right-justified, its unit, and ``?`` when it is not at rest. ``ES``
is a command that the balance does not know; ``OK!`` answers zero and tare. Over- and underload come as
``Err 8.4`` and ``Err 8.3``, or as the words that the display shows.
"""

import re

from pumpbench.balances.protocol import Command
from pumpbench.balances.reading import GARBLED, OVERLOAD, REFUSED, UNDERLOAD, Reading, weight
from pumpbench.client.port import Settings

_WEIGHT = re.compile(r"([+-]?)\s*([0-9]*\.?[0-9]+)\s+([A-Za-zµ%]+)\s*(\?)?(?:\s+.*)?")
_ERROR = re.compile(r"err(?:or)?\.?\s*([0-9.]*)", re.IGNORECASE)
_OVER = ("over", "overload", "------", "-ol-", "ol")
_UNDER = ("under", "underload", "______", "-ul-", "ul")


class Ohaus:
    """OHAUS balances at 9600 baud, 8 bits, no parity."""

    name = "ohaus"
    maker = "OHAUS"
    settings = Settings(9600)
    ask = b"IP\r\n"
    zero = Command(b"Z\r\n")
    tare = Command(b"T\r\n")
    identify: tuple[bytes, ...] = (b"PV\r\n", b"PSN\r\n")
    answers_commands = False

    def reading(self, line: str) -> Reading | None:
        """See `BalanceProtocol`."""
        text = line.strip()
        if not text or text == "OK!":
            return None
        if text == "ES":
            return Reading(REFUSED, line=line)
        match = _WEIGHT.fullmatch(text)
        if match is not None:
            return weight(match[1] + match[2], match[3], match[4] is None, line)
        return Reading(_status(text), line=line)

    def accepted(self, line: str) -> bool | None:
        """See `BalanceProtocol`."""
        return {"OK!": True, "ES": False}.get(line.strip())

    def unknown(self, line: str) -> bool:
        """See `BalanceProtocol`."""
        return line.strip() == "ES"


def _status(text: str) -> str:
    error = _ERROR.match(text)
    if error is not None:
        return {"8.3": UNDERLOAD, "8.4": OVERLOAD}.get(error[1], REFUSED)
    word = text.split()[0].lower()
    if word in _OVER:
        return OVERLOAD
    return UNDERLOAD if word in _UNDER else GARBLED
