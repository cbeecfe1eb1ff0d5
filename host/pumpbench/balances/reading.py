"""One reading of a balance: a mass, or why there is none."""

from dataclasses import dataclass

STABLE = "stable"
DYNAMIC = "dynamic"
OVERLOAD = "overload"
UNDERLOAD = "underload"
BUSY = "busy"
REFUSED = "refused"
UNKNOWN_UNIT = "unknown-unit"
GARBLED = "garbled"
SILENT = "silent"
GONE = "gone"

SENTENCES = {
    STABLE: "the balance weighs",
    DYNAMIC: "the balance weighs and is not at rest",
    OVERLOAD: "the balance is overloaded: take something off the pan",
    UNDERLOAD: "the balance is below its range: is the pan in its place?",
    BUSY: "the balance is busy (it adjusts itself, or a menu is open)",
    REFUSED: "the balance refuses to weigh",
    UNKNOWN_UNIT: "the balance shows a unit that is no mass: set it to grams",
    GARBLED: "the balance's answer cannot be read: are protocol, baud rate and parity right?",
    SILENT: "the balance does not answer: is it on, and is its cable in?",
    GONE: "the balance's port is gone: is its cable in?",
}
"""What each status says to a person."""

GRAMS = {
    "g": 1.0,
    "mg": 1e-3,
    "kg": 1e3,
    "ug": 1e-6,
    "µg": 1e-6,
    "mcg": 1e-6,
    "t": 1e6,
    "ct": 0.2,
    "car": 0.2,
    "lb": 453.59237,
    "lbs": 453.59237,
    "oz": 28.349523125,
    "ozt": 31.1034768,
    "gn": 0.06479891,
    "grn": 0.06479891,
    "dwt": 1.55517384,
}
"""Grams in a unit, by the spelling that balances use, in lower case."""


@dataclass(frozen=True)
class Reading:
    """What a balance said.

    Attributes:
        status: one of the words above.
        mass_g: the mass in grams; None unless the status is STABLE or DYNAMIC.
        unit: the unit in which the balance told it; None when it told none.
        line: the line as it came, without its end.
        time_s: when it was taken, by a recording's own clock; None of a reading that comes now.
        unasked: lines that came since the reading before, and answer no question.
    """

    status: str
    mass_g: float | None = None
    unit: str | None = None
    line: str = ""
    time_s: float | None = None
    unasked: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether there is a mass."""
        return self.mass_g is not None

    @property
    def sentence(self) -> str:
        """What it says to a person."""
        said = f' (it said "{self.line}")' if self.line and not self.usable else ""
        return SENTENCES[self.status] + said


def weight(number: str, unit: str | None, stable: bool, line: str) -> Reading:
    """Return the reading of a number and a unit as text; without a unit it is None until one is known."""
    try:
        value = float(number.replace(" ", ""))
    except ValueError:
        return Reading(GARBLED, line=line)
    factor = GRAMS.get(unit.lower()) if unit else 1.0
    if factor is None:
        return Reading(UNKNOWN_UNIT, unit=unit, line=line)
    return Reading(STABLE if stable else DYNAMIC, value * factor, unit, line)
