"""One segment of a program, and which of its keys each kind needs."""

from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from pumpbench.files.checking import Table, Wrong
from pumpbench.files.fields import ChoiceField, DurationS, RateNlH, ReservoirId, VolumeNl
from pumplink.names import SEGMENT_NAMES
from pumplink.numbers import MAX_FLOW_NL_H
from pumplink.states import CONSTANT, PAUSE, RAMP, SEGMENT_BOLUS, SEGMENT_KEEP_OPEN

_NO_DEFAULT: dict[str, JsonValue] = {"default": "by kind"}
_HOUR_S = 3600

# For each kind the keys that it needs; "either" is exactly one of volume and duration.
_NEEDS: dict[int, tuple[str, ...]] = {
    CONSTANT: ("rate", "either"),
    RAMP: ("rate", "to_rate", "either"),
    SEGMENT_BOLUS: ("volume", "speed"),
    PAUSE: ("duration",),
    SEGMENT_KEEP_OPEN: ("either",),
}
MAY_HAVE: dict[int, tuple[str, ...]] = {
    CONSTANT: ("rate", "volume", "duration"),
    RAMP: ("rate", "to_rate", "volume", "duration"),
    SEGMENT_BOLUS: ("rate", "volume", "duration"),
    PAUSE: ("duration",),
    SEGMENT_KEEP_OPEN: ("rate", "volume", "duration"),
}

Kind = Annotated[int, ChoiceField(SEGMENT_NAMES)]


class Segment(Table):
    """One segment; None where the file is silent."""

    kind: Kind = Field(description="how it is delivered")
    reservoir: ReservoirId | None = Field(
        None,
        description="id of a reservoir; may be left out when there is only one",
        json_schema_extra={"default": "the only one"},
    )
    rate_nl_h: RateNlH | None = Field(
        None,
        alias="rate",
        description="flow; of a ramp, at its start; of keep-open, if not the program's keep_open_rate",
        json_schema_extra=_NO_DEFAULT,
    )
    to_rate_nl_h: RateNlH | None = Field(
        None, alias="to_rate", description="flow at the end of a ramp", json_schema_extra=_NO_DEFAULT
    )
    volume_nl: VolumeNl | None = Field(
        None,
        alias="volume",
        description="ends the segment when so much is delivered",
        json_schema_extra=_NO_DEFAULT,
    )
    duration_s: DurationS | None = Field(
        None, alias="duration", description="ends the segment after so long", json_schema_extra=_NO_DEFAULT
    )

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        given = {
            key
            for key, value in (
                ("rate", self.rate_nl_h),
                ("to_rate", self.to_rate_nl_h),
                ("volume", self.volume_nl),
                ("duration", self.duration_s),
            )
            if value is not None
        }
        word = SEGMENT_NAMES[self.kind]
        for key in ("rate", "to_rate", "volume", "duration"):
            if key in given and key not in MAY_HAVE[self.kind]:
                raise Wrong(
                    (key,),
                    f"has no meaning in a {word} segment; allowed are {', '.join(MAY_HAVE[self.kind])}",
                )
        for need in _NEEDS[self.kind]:
            _check_need(need, given, word)
        self._check_values()
        return self

    def _check_values(self) -> None:
        if self.volume_nl == 0:
            raise Wrong(("volume",), "is nothing; more than 0 nL is needed")
        if self.kind == RAMP:
            if not self.rate_nl_h and not self.to_rate_nl_h:
                raise Wrong(("to_rate",), "is 0 like rate; at least one of them must be more than 0")
        elif self.rate_nl_h == 0:
            raise Wrong(("rate",), "is 0; more than 0 is needed (a pause segment stands still)")
        if self.kind == SEGMENT_BOLUS and self.rate_nl_h is None and self.bolus_nl_h() > MAX_FLOW_NL_H:
            raise Wrong(("duration",), "is too short: no board can deliver the volume in that time")
        if self.kind == SEGMENT_BOLUS and self.bolus_nl_h() == 0:
            raise Wrong(("duration",), "is too long: the rate would be below 1 nL/h")

    @property
    def delivering(self) -> bool:
        """Say whether anything flows."""
        return self.kind != PAUSE

    def bolus_nl_h(self) -> int:
        """Return a bolus's rate, which may be written as a volume over a time."""
        if self.rate_nl_h is not None:
            return self.rate_nl_h
        return round((self.volume_nl or 0) * _HOUR_S / (self.duration_s or 1))

    def rates(self, keep_open_nl_h: int) -> tuple[int, int]:
        """Return the rates at start and end, nL/h."""
        if self.kind == PAUSE:
            return 0, 0
        if self.kind == SEGMENT_KEEP_OPEN:
            rate = keep_open_nl_h if self.rate_nl_h is None else self.rate_nl_h
            return rate, rate
        if self.kind == SEGMENT_BOLUS:
            return self.bolus_nl_h(), self.bolus_nl_h()
        start = self.rate_nl_h or 0
        return start, (self.to_rate_nl_h or 0) if self.kind == RAMP else start

    def lowest_nl_h(self) -> int | None:
        """Return the lowest rate above 0 that the segment sets, None when it sets none."""
        if self.kind == SEGMENT_KEEP_OPEN and self.rate_nl_h is None:
            return None
        return min((rate for rate in self.rates(0) if rate), default=None)

    def delivers_nl(self, keep_open_nl_h: int) -> Fraction:
        """Return what one pass delivers, exactly; a board carries what is less than a nL on."""
        if self.volume_nl is not None:
            return Fraction(self.volume_nl)
        start, end = self.rates(keep_open_nl_h)
        return Fraction((start + end) * (self.duration_s or 0), 2 * _HOUR_S)

    def seconds(self, keep_open_nl_h: int) -> float:
        """Return how long one pass takes; 0.0 when nothing flows and no time is given."""
        if self.kind != SEGMENT_BOLUS and self.duration_s is not None:
            return float(self.duration_s)
        start, end = self.rates(keep_open_nl_h)
        return (self.volume_nl or 0) * 2 * _HOUR_S / (start + end) if start + end else 0.0

    def wire(self, index: int, reservoir: int, keep_open_nl_h: int) -> dict[str, int]:
        """Return the fields of ``program_segment``."""
        start, end = self.rates(keep_open_nl_h)
        return {
            "index": index,
            "kind": self.kind,
            "reservoir": reservoir,
            "rate_nl_h": start,
            "to_rate_nl_h": end if self.kind == RAMP else 0,
            "volume_nl": self.volume_nl or 0,
            "duration_s": 0 if self.kind == SEGMENT_BOLUS else self.duration_s or 0,
        }


def _check_need(need: str, given: set[str], word: str) -> None:
    if need == "either":
        if len(given & {"volume", "duration"}) == 2:
            raise Wrong(("duration",), f"stands beside volume; exactly one of them ends a {word} segment")
        if not given & {"volume", "duration"}:
            raise Wrong(
                ("duration",), f"is missing, and volume too; exactly one of them ends a {word} segment"
            )
    elif need == "speed":
        if len(given & {"rate", "duration"}) == 2:
            raise Wrong(("duration",), "stands beside rate; a bolus has exactly one of them")
        if not given & {"rate", "duration"}:
            raise Wrong(("rate",), 'is missing; a bolus needs a rate, like "10 mL/h", or a duration')
    elif need not in given:
        raise Wrong((need,), f"is missing; a {word} segment needs it")
