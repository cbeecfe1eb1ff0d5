"""Numbers as a reader wants them: with their unit, and no more digits than the uncertainty leaves."""

import math
from datetime import datetime

_U_DIGITS = 2
_MOST_DECIMALS = 4
_UNKNOWN_DECIMALS = 2
DASH = "–"


def percent(value: float | None, expanded: float | None = None) -> str:
    """A percentage with its sign, to the digits of its uncertainty; a dash when it is not known."""
    if value is None:
        return DASH
    return f"{_no_minus_zero(value, _decimals(expanded)):+.{_decimals(expanded)}f} %"


def expanded(value: float | None) -> str:
    """An expanded uncertainty, to two digits; 'not known' when a contribution was not stated."""
    return "not known" if value is None else f"{value:.{_decimals(value)}f} %"


def number(value: float | None, unit: str = "", digits: int = 5) -> str:
    """A number with significant digits and its unit; a dash when it is not known."""
    if value is None:
        return DASH
    return f"{_plain(value, digits)} {unit}".rstrip()


def volume(value_ml: float | None) -> str:
    """A volume in mL or µL."""
    if value_ml is None:
        return DASH
    return number(value_ml * 1000.0, "µL", 4) if abs(value_ml) < 1.0 else number(value_ml, "mL", 5)


def duration(seconds: float | None) -> str:
    """A time in the unit that reads well."""
    if seconds is None:
        return DASH
    for least, factor, unit in ((172_800, 86_400, "days"), (3600, 3600, "h"), (120, 60, "min")):
        if abs(seconds) >= least:
            return number(seconds / factor, unit, 4)
    return number(seconds, "s", 4)


def moment(text: str | None) -> str:
    """An ISO time as people write it, in UTC."""
    return DASH if not text else f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"


def _decimals(unsure: float | None) -> int:
    if unsure is None or not unsure > 0:
        return _UNKNOWN_DECIMALS
    return min(_MOST_DECIMALS, max(0, _U_DIGITS - 1 - math.floor(math.log10(unsure))))


def _no_minus_zero(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0


def _plain(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
