"""Fields of files: a type each, with unit and range, read from the text that people write.

The classes are metadata for pydantic and for ``docs/files.md`` alike, so that what is checked and what is
documented cannot differ.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic_core import CoreSchema, core_schema

from pumpbench.units import (
    CONCENTRATION,
    DOSE,
    DURATION,
    FREQUENCY,
    MAX_VOLUME_NL,
    RATE,
    VOLUME,
    Kind,
    UnitError,
)
from pumplink.numbers import MAX_FLOW_NL_H

NAME_BYTES = 24
MAX_DURATION_S = 3_650 * 86_400  # round figures within what the wire can carry
MAX_CONCENTRATION_NG_ML = 4_000_000_000
MAX_DOSE_NG_DAY = 10**15


@dataclass(frozen=True)
class QuantityField:
    """A quantity, written as text with its unit, held as an integer in base units within a range."""

    kind: Kind
    minimum: int
    maximum: int

    def read(self, value: Any) -> int:
        """Return base units; raise `ValueError` that says what is wrong and what is allowed."""
        if not isinstance(value, str):
            raise ValueError(f"is not text in quotes with a unit; write it like {self.kind.example}")
        try:
            base = self.kind.parse(value)
        except UnitError as error:
            raise ValueError(str(error)) from None
        if not self.minimum <= base <= self.maximum:
            raise ValueError(f"is outside {self.range()}")
        return base

    def range(self) -> str:
        """Return what is allowed, in words."""
        least = self.kind.format(self.minimum) if self.minimum else "0"
        return f"{least} to {self.kind.format(self.maximum)}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class NameField:
    """Printable text of at most so many bytes in UTF-8: ``NAME_BYTES`` when it travels to the board."""

    may_be_empty: bool = False
    most_bytes: int = NAME_BYTES

    def read(self, value: Any) -> str:
        """Return the name; raise `ValueError` that says what is wrong and what is allowed."""
        if not isinstance(value, str):
            raise ValueError("is not text in quotes")
        if not value and not self.may_be_empty:
            raise ValueError(f"is empty; {self.range()} are allowed")
        if not value.isprintable():
            raise ValueError(
                "holds characters that cannot be shown; letters, digits, signs and spaces are allowed"
            )
        if len(value.encode()) > self.most_bytes:
            raise ValueError(f"takes {len(value.encode())} bytes in UTF-8; {self.range()} are allowed")
        return value

    def range(self) -> str:
        """Return what is allowed, in words."""
        return f"{0 if self.may_be_empty else 1} to {self.most_bytes} bytes of text"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class VersionField:
    """A version: whole numbers with dots between them."""

    def read(self, value: Any) -> str:
        """Return the version; raise `ValueError` that says what is allowed."""
        if not isinstance(value, str) or not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,2}", value, re.ASCII):
            raise ValueError(f"is no version; {self.range()} is wanted")
        return value

    def range(self) -> str:
        """Return what is allowed, in words."""
        return 'text like "1.25" or "1.25.1"'

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class IdField:
    """A reservoir's name or number, held as text (``1`` and ``"1"`` are the same reservoir)."""

    def read(self, value: Any) -> str:
        """Return the id as text; raise `ValueError` that says what is wrong and what is allowed."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError("is neither a name in quotes nor a whole number")
        return NameField().read(str(value))

    def range(self) -> str:
        """Return what is allowed, in words."""
        return "a name or a whole number"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class ChoiceField:
    """One of a few words, held as its place in the list."""

    words: tuple[str, ...]

    def read(self, value: Any) -> int:
        """Return the word's place; raise `ValueError` that lists what is allowed."""
        if not isinstance(value, str) or value not in self.words:
            raise ValueError(f"is not one of {self.range()}")
        return self.words.index(value)

    def range(self) -> str:
        """Return what is allowed, in words."""
        return ", ".join(f'"{word}"' for word in self.words)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class CountField:
    """A plain whole number within a range."""

    minimum: int
    maximum: int
    unit: str = ""

    def read(self, value: Any) -> int:
        """Return the number; raise `ValueError` that says what is wrong and what is allowed."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"is not a whole number from {self.range()}")
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"is outside {self.range()}")
        return value

    def range(self) -> str:
        """Return what is allowed, in words."""
        return f"{self.minimum} to {self.maximum}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class FlagField:
    """``true`` or ``false``."""

    def read(self, value: Any) -> bool:
        """Return the flag; raise `ValueError` that says what is allowed."""
        if not isinstance(value, bool):
            raise ValueError("is neither true nor false")
        return value

    def range(self) -> str:
        """Return what is allowed, in words."""
        return "true or false"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class NumberField:
    """A plain number within a range, held as a whole number of steps of which ``steps`` make 1."""

    minimum: float
    maximum: float
    steps: int

    def read(self, value: Any) -> int:
        """Return whole steps; raise `ValueError` that says what is wrong and what is allowed."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"is not a number from {self.range()}")
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"is outside {self.range()}")
        return round(value * self.steps)

    def range(self) -> str:
        """Return what is allowed, in words."""
        return f"{self.minimum:g} to {self.maximum:g}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class FloatField:
    """A plain number within a range; its unit stands in the key's name."""

    minimum: float
    maximum: float
    unit: str = ""

    def read(self, value: Any) -> float:
        """Return the number; raise `ValueError` that says what is wrong and what is allowed."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"is not a number from {self.range()}")
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"is outside {self.range()}")
        return float(value)

    def range(self) -> str:
        """Return what is allowed, in words."""
        return f"{self.minimum:g} to {self.maximum:g}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


@dataclass(frozen=True)
class MomentField:
    """A date with a time and an offset, held as seconds since 1970."""

    def read(self, value: Any) -> int:
        """Return seconds since 1970; raise `ValueError` that says what is wrong and what is allowed."""
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError("is not a date with time and offset, like 2026-11-23T09:30:00Z")
        seconds = int(value.timestamp())
        if seconds <= 0:
            raise ValueError(f"is outside {self.range()}")
        return seconds

    def range(self) -> str:
        """Return what is allowed, in words."""
        return "a date after 1970, with time and offset"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


RateNlH = Annotated[int, QuantityField(RATE, 0, MAX_FLOW_NL_H)]
VolumeNl = Annotated[int, QuantityField(VOLUME, 0, MAX_VOLUME_NL)]
DurationS = Annotated[int, QuantityField(DURATION, 1, MAX_DURATION_S)]
ConcentrationNgMl = Annotated[int, QuantityField(CONCENTRATION, 0, MAX_CONCENTRATION_NG_ML)]
DoseNgDay = Annotated[int, QuantityField(DOSE, 0, MAX_DOSE_NG_DAY)]
TelemetryHz = Annotated[int, QuantityField(FREQUENCY, 1, 1000)]
Name = Annotated[str, NameField()]
Description = Annotated[str, NameField(may_be_empty=True, most_bytes=200)]
Drug = Annotated[str, NameField(may_be_empty=True)]
ReservoirId = Annotated[str, IdField()]
