"""Quantities as people type them, to and from integers in base units.

Base units are those of the wire: nL/h, nL, s, ng/mL, Pa, mC (thousandths of a degree Celsius) and Hz; beside
them ug, ng/day and ng/kg/day, which stay on the desktop. The
arithmetic is exact (``fractions``) and ends in one rounding to the nearest whole base unit, halves to even. A
value that this rounding would change by more than 0.1 % is refused, not silently altered.
"""

import re
from fractions import Fraction

ROUNDING_LIMIT = Fraction(1, 1000)
MAX_VOLUME_NL = 1_000_000_000  # a round figure within what the wire can carry
SIGNIFICANT_DIGITS = 4
_MAX_TEXT = 60
_MAX_EXPONENT = 30

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")

_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400, "week": 604_800}
_TIME_WORDS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "min": ("min", "m", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("day", "d", "days"),
    "week": ("week", "wk", "weeks"),
}
_NANOLITRES = {"nL": 1, "uL": 1_000, "mL": 1_000_000, "L": 1_000_000_000}
_WRITTEN = {
    "uL": "µL", "uL/rev": "µL/rev", "ug/mL": "µg/mL", "day": "days",
    "ug": "µg", "ug/day": "µg/day", "ug/kg/day": "µg/kg/day",
}  # fmt: skip
_NANOGRAMS = {"ng": 1, "ug": 1_000, "mg": 1_000_000, "g": 1_000_000_000}


class UnitError(ValueError):
    """A text is no quantity of the kind that is wanted; the message says why and what is allowed."""


class Kind:
    """One kind of quantity: its name, its base unit, and the units that people may write.

    ``units`` maps each accepted spelling to ``(factor, offset)``: base = value * factor + offset; ``usual``
    names those that an error message offers. ``shown`` lists the units for output, as ``(least magnitude in
    base units, unit)`` from large to small.
    """

    def __init__(
        self,
        name: str,
        base: str,
        units: dict[str, tuple[Fraction, Fraction]],
        shown: tuple[tuple[int, str], ...],
        usual: str,
        example: str,
        *,
        signed: bool = False,
        compound: bool = False,
    ) -> None:
        self.name = name
        self.base = base
        self.units = units
        self.shown = shown
        self.usual = usual
        self.example = example
        self.signed = signed
        self.compound = compound
        self._folded = _fold(units)

    def parse(self, text: str) -> int:
        """Return ``text`` in whole base units; raise `UnitError` when it is no such quantity."""
        cleaned = _clean(text)
        exact = self._exact(cleaned, text)
        if exact < 0 and not self.signed:
            raise UnitError(f"is negative; a {self.name} is 0 or more")
        rounded = round(exact)
        if exact != rounded and abs(rounded - exact) > abs(exact) * ROUNDING_LIMIT:
            raise UnitError(
                f"is too fine: it is held in whole {self.base}, which would change it by more than 0.1 %"
            )
        return rounded

    def format(self, value: int) -> str:
        """Return ``value`` (base units) in a unit that reads well, to four significant digits."""
        return self.format_as(value, self.unit_for(value))

    def format_as(self, value: int, unit: str) -> str:
        """Return ``value`` (base units) in ``unit``, to four significant digits."""
        factor, offset = self.units[unit]
        return f"{_digits((value - offset) / factor)} {self.written(unit)}"

    def unit_for(self, value: int) -> str:
        """Return the unit in which ``value`` (base units) reads well."""
        for least, unit in self.shown:
            if abs(value) >= least:
                return unit
        return self.shown[-1][1]

    def written(self, unit: str) -> str:
        """Return ``unit`` as people read it."""
        return _WRITTEN.get(unit, unit)

    def _exact(self, cleaned: str, text: str) -> Fraction:
        number, rest = _split_number(cleaned, text, self.example)
        if self.compound and re.search(r"[0-9]", rest):
            return self._compound(cleaned)
        factor, offset = self._unit(rest, cleaned)
        return number * factor + offset

    def _compound(self, cleaned: str) -> Fraction:
        """Read terms such as ``2h30m``, each unit smaller than the one before."""
        total = Fraction(0)
        last: Fraction | None = None
        rest = cleaned
        while rest:
            match = _NUMBER.match(rest)
            if match is None:
                raise UnitError(f"is not a {self.name}; write it like {self.example}")
            number = _number(match.group())
            rest = rest[match.end() :].lstrip()
            word = re.match(r"[^\s0-9.+-]*", rest)
            unit = word.group() if word else ""
            factor, _ = self._unit(unit, cleaned)
            if number < 0 or (last is not None and factor >= last):
                raise UnitError(
                    f"is not a {self.name}; write larger units first, each once, like {self.example}"
                )
            total += number * factor
            last = factor
            rest = rest[len(unit) :].lstrip()
        return total

    def _unit(self, unit: str, cleaned: str) -> tuple[Fraction, Fraction]:
        if not unit:
            raise UnitError(f"has no unit; write it like {self.example}")
        spelled = _SPACES.sub("", unit.replace(" per ", "/"))
        found = self.units.get(spelled) or self._folded.get(spelled.casefold())
        if found is not None:
            return found
        other = next((kind for kind in KINDS if kind is not self and kind.knows(spelled)), None)
        if other is not None:
            raise UnitError(f"is a {other.name}, but a {self.name} is wanted, like {self.example}")
        raise UnitError(f'has the unknown unit "{unit}"; a {self.name} is in {self.usual}')

    def knows(self, spelled: str) -> bool:
        """Say whether ``spelled`` is a unit of this kind."""
        return spelled in self.units or spelled.casefold() in self._folded


def _fold(units: dict[str, tuple[Fraction, Fraction]]) -> dict[str, tuple[Fraction, Fraction]]:
    """Return the units by lower-case spelling, without those that would become ambiguous."""
    folded: dict[str, tuple[Fraction, Fraction]] = {}
    ambiguous = set()
    for unit, scale in units.items():
        key = unit.casefold()
        if folded.setdefault(key, scale) != scale:
            ambiguous.add(key)
    return {key: scale for key, scale in folded.items() if key not in ambiguous}


def _clean(text: str) -> str:
    """Return ``text`` with one spelling of the micro sign, of the litre and of spaces."""
    for written, plain in (("µ", "u"), ("μ", "u"), ("ℓ", "L"), ("−", "-"), ("℃", "°C")):
        text = text.replace(written, plain)
    return _SPACES.sub(" ", text).strip()


def _split_number(cleaned: str, text: str, example: str) -> tuple[Fraction, str]:
    if not cleaned:
        raise UnitError(f"is empty; write it like {example}")
    if len(cleaned) > _MAX_TEXT:
        raise UnitError(f"is longer than {_MAX_TEXT} characters; write it like {example}")
    if _NOT_FINITE.match(cleaned):
        raise UnitError(f"is not a finite number; write it like {example}")
    if _DECIMAL_COMMA.match(cleaned):
        raise UnitError(f"has a comma; write a decimal point and no thousands separators, like {example}")
    match = _NUMBER.match(cleaned)
    if match is None:
        raise UnitError(f"does not start with a number; write it like {example}")
    return _number(match.group()), cleaned[match.end() :].strip()


def _number(digits: str) -> Fraction:
    mantissa, _, exponent = digits.lower().partition("e")
    if exponent and abs(int(exponent)) > _MAX_EXPONENT:
        raise UnitError(f"has an exponent beyond {_MAX_EXPONENT}")
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def _digits(value: Fraction) -> str:
    """Return ``value`` with four significant digits, whole digits never cut, without trailing zeros."""
    if value == 0:
        return "0"
    places = SIGNIFICANT_DIGITS
    magnitude = abs(value)
    while magnitude >= 1 and places > 0:
        magnitude /= 10
        places -= 1
    while magnitude * 10 < 1 and places < 2 * SIGNIFICANT_DIGITS:
        magnitude *= 10
        places += 1
    scaled = round(abs(value) * 10**places)
    whole, part = divmod(scaled, 10**places)
    decimals = f"{part:0{places}d}".rstrip("0") if places else ""
    return f"{'-' if value < 0 else ''}{whole}{'.' + decimals if decimals else ''}"


def _plain(units: dict[str, int], divisor: int = 1) -> dict[str, tuple[Fraction, Fraction]]:
    return {unit: (Fraction(factor, divisor), Fraction(0)) for unit, factor in units.items()}


def _rates() -> dict[str, tuple[Fraction, Fraction]]:
    return {
        f"{volume}/{word}": (Fraction(nanolitres * 3600, _SECONDS[time]), Fraction(0))
        for time, words in _TIME_WORDS.items()
        if time != "week"
        for word in words
        for volume, nanolitres in _NANOLITRES.items()
    }


def _concentrations() -> dict[str, tuple[Fraction, Fraction]]:
    return {
        f"{mass}/{volume}": (Fraction(nanograms * 1_000_000, _NANOLITRES[volume]), Fraction(0))
        for mass, nanograms in _NANOGRAMS.items()
        for volume in ("mL", "uL", "L")
    }


def _doses(per: str = "") -> dict[str, tuple[Fraction, Fraction]]:
    """Masses of a drug in a time, ``per`` being what they are for, such as ``/kg``."""
    return {
        f"{mass}{per}/{word}": (Fraction(nanograms * _SECONDS["day"], _SECONDS[time]), Fraction(0))
        for time, words in _TIME_WORDS.items()
        if time in ("h", "day")
        for word in words
        for mass, nanograms in _NANOGRAMS.items()
    }


RATE = Kind(
    "flow rate", "nL/h", _rates(),
    ((500_000, "mL/h"), (420, "mL/day"), (0, "nL/h")),
    "mL/day, mL/h, mL/min, uL/h, uL/min, nL/h", '"1.2 mL/day" or "50 uL/h"',
)  # fmt: skip
VOLUME = Kind(
    "volume",
    "nL",
    _plain(_NANOLITRES),
    ((1_000_000, "mL"), (1_000, "uL"), (0, "nL")),
    "L, mL, uL, nL",
    '"30 mL" or "50 uL"',
)
DURATION = Kind(
    "duration", "s",
    _plain({word: _SECONDS[unit] for unit, words in _TIME_WORDS.items() for word in words}),
    ((172_800, "day"), (7_200, "h"), (120, "min"), (0, "s")),
    "weeks, days, h, min, s", '"2h30m" or "14 days"', compound=True,
)  # fmt: skip
CONCENTRATION = Kind(
    "concentration", "ng/mL", _concentrations(),
    ((1_000_000, "mg/mL"), (1_000, "ug/mL"), (0, "ng/mL")), "g/L, mg/mL, ug/mL, ng/mL", '"6.46 mg/mL"',
)  # fmt: skip
PRESSURE = Kind(
    "pressure", "Pa",
    {
        **_plain({"Pa": 1, "hPa": 100, "mbar": 100, "kPa": 1000, "bar": 100_000}),
        "mmHg": (Fraction("133.322387415"), Fraction(0)),
        "psi": (Fraction("6894.757293168"), Fraction(0)),
    },
    ((1_000, "kPa"), (0, "Pa")), "kPa, Pa, hPa, mbar, bar, mmHg, psi", '"40 kPa"', signed=True,
)  # fmt: skip
TEMPERATURE = Kind(
    "temperature", "mC",
    {
        "°C": (Fraction(1000), Fraction(0)),
        "C": (Fraction(1000), Fraction(0)),
        "degC": (Fraction(1000), Fraction(0)),
        "K": (Fraction(1000), Fraction(-273_150)),
    },
    ((0, "°C"),), "°C, K", '"20 °C"', signed=True,
)  # fmt: skip
SENSOR_ZERO = Kind("signed flow rate", "nL/h", _rates(), RATE.shown, RATE.usual, '"-0.3 uL/min"', signed=True)
STROKE = Kind(
    "stroke volume", "pL a revolution",
    _plain({f"{volume}{per}": 1000 * nl for volume, nl in _NANOLITRES.items() for per in ("/rev", "")}),
    ((1_000_000_000, "mL/rev"), (0, "uL/rev")), "uL/rev, mL/rev, nL/rev", '"50 uL/rev"',
)  # fmt: skip
SPEED = Kind(
    "rotor speed", "mdeg/s",
    {
        **_plain({"mdeg/s": 1, "deg/s": 1000, "°/s": 1000, "rpm": 6000, "rev/min": 6000, "rev/h": 100}),
        "rev/day": (Fraction(100, 24), Fraction(0)),
    },
    ((0, "deg/s"),), "rpm, rev/h, rev/day, deg/s, mdeg/s", '"2 rpm" or "24 rev/day"',
)  # fmt: skip
FREQUENCY = Kind(
    "frequency", "Hz", _plain({"Hz": 1, "kHz": 1000, "1/s": 1}), ((0, "Hz"),), "Hz, kHz", '"10 Hz"'
)

MASS = Kind(
    "mass", "ug", _plain({"ug": 1, "mg": 1_000, "g": 1_000_000, "kg": 1_000_000_000}),
    ((1_000_000_000, "kg"), (1_000_000, "g"), (1_000, "mg"), (0, "ug")), "kg, g, mg, ug", '"70 kg"',
)  # fmt: skip
DOSE = Kind(
    "dose rate", "ng/day", _doses(),
    ((10_000, "mg/day"), (10, "ug/day"), (0, "ng/day")), "mg/day, ug/day, mg/h, ug/h", '"8.4 mg/day"',
)  # fmt: skip
WEIGHT_DOSE = Kind(
    "dose rate by body weight", "ng/kg/day", _doses("/kg"),
    ((10_000, "mg/kg/day"), (10, "ug/kg/day"), (0, "ng/kg/day")),
    "mg/kg/day, ug/kg/day, ug/kg/h", '"0.12 mg/kg/day"',
)  # fmt: skip

KINDS = (
    RATE, VOLUME, DURATION, CONCENTRATION, PRESSURE, TEMPERATURE, FREQUENCY, MASS, DOSE, WEIGHT_DOSE,
)  # fmt: skip


def format_clock(seconds: float) -> str:
    """Return a duration in the way of a clock: ``3 d 04:05:06``, ``04:05:06`` or ``05:06``."""
    days, rest = divmod(max(0, int(seconds)), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours:02d}:{minutes:02d}:{left:02d}"
    return f"{hours:02d}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"
