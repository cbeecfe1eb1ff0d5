"""Sartorius: SBI (the data interface chapters of Sartorius' operating instructions, CP, Entris and Cubis).

``ESC P`` asks for a line of 16 characters (sign, value, unit, CR LF), or of 22 with six letters before it
that name the value. A value that is not at rest comes without its unit. Digits in brackets are not verified.
Status lines stand in place of the value: ``High``, ``Low`` (or ``H``, ``L``), ``C`` while it adjusts itself,
``ERR nn``; in 22 characters they begin with ``Stat``. Zero and tare are not answered.
"""

import re

from pumpbench.balances.protocol import Command
from pumpbench.balances.reading import BUSY, GARBLED, OVERLOAD, REFUSED, UNDERLOAD, Reading, weight
from pumpbench.client.port import Settings

_ID = 6
_BODY = 14  # characters of a line without its end
_WEIGHT = re.compile(r"([+-]?)\s*([0-9]*\.?[0-9]+\.?)\s*([A-Za-zµ%/]*)")
_ERROR = re.compile(r"(?i:(?:app\.?\s*)?err)\b|\bERR\s")
_STATES = {
    "HIGH": OVERLOAD,
    "HH": OVERLOAD,
    "H": OVERLOAD,
    "LOW": UNDERLOAD,
    "LL": UNDERLOAD,
    "L": UNDERLOAD,
    "C": BUSY,
    "CAL": BUSY,
    "CAL.": BUSY,
    "OFF": BUSY,
    "--": BUSY,
    "": BUSY,
}
_ESC = b"\x1b"


class Sbi:
    """Sartorius balances at the factory's 1200 baud, 7 bits, odd parity."""

    name = "sbi"
    maker = "Sartorius"
    settings = Settings(1200, 7, "O")
    ask = _ESC + b"P\r\n"
    zero = Command(_ESC + b"V\r\n")
    tare = Command(_ESC + b"U\r\n")
    identify: tuple[bytes, ...] = (_ESC + b"x1_\r\n", _ESC + b"x2_\r\n")
    answers_commands = False

    def reading(self, line: str) -> Reading | None:
        """See `BalanceProtocol`."""
        text = line.rstrip("\r\n")
        body = text[_ID:] if len(text) > _BODY + 2 or text.startswith("Stat") else text
        shown = body.replace("[", "").replace("]", "").strip()
        state = _STATES.get(shown.upper())
        if state is not None:
            return Reading(state, line=line)
        if _ERROR.search(shown):
            return Reading(REFUSED, line=line)
        match = _WEIGHT.fullmatch(shown)
        if match is None:
            return Reading(GARBLED, line=line)
        return weight(match[1] + match[2], match[3] or None, bool(match[3]), line)

    def accepted(self, line: str) -> bool | None:
        """See `BalanceProtocol`: an SBI balance says nothing."""
        return None

    def unknown(self, line: str) -> bool:
        """See `BalanceProtocol`."""
        return False
