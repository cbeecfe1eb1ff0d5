"""The steps of a trial protocol, and which keys each kind needs."""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from pumpbench.files.checking import Table, Wrong
from pumpbench.files.fields import (
    ChoiceField,
    CountField,
    Description,
    DurationS,
    FloatField,
    RateNlH,
    VolumeNl,
)

PRIME, ZERO, STABILISE, DELIVER, BOLUS, BACK_PRESSURE, OCCLUSION = STEP_KINDS = (
    "prime",
    "zero",
    "stabilise",
    "deliver",
    "bolus",
    "back-pressure",
    "occlusion",
)
USUAL_BOLUSES = 25
USUAL_SETTLE_S = 30
USUAL_ALARM_S = 3600

_NO_DEFAULT: dict[str, JsonValue] = {"default": "by kind"}
# For each kind the keys that it needs, and those that it may have beside them.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    PRIME: (("volume", "rate"), ()),
    ZERO: ((), ()),
    STABILISE: (("duration",), ()),
    DELIVER: (("duration",), ("rate", "end_of_life")),
    BOLUS: (("volume", "rate"), ("count", "settle")),
    BACK_PRESSURE: (("pressure_kpa",), ("settle",)),
    OCCLUSION: ((), ("rate", "duration", "settle")),
}

StepKind = Annotated[int, ChoiceField(STEP_KINDS)]
Boluses = Annotated[int, CountField(1, 1000, "boluses")]
BackPressureKpa = Annotated[float, FloatField(-50.0, 200.0, "kPa")]


class Step(Table):
    """One step of a trial; None where the file is silent."""

    kind_index: StepKind = Field(alias="kind", description="what is done")
    rate_nl_h: RateNlH | None = Field(
        None,
        alias="rate",
        description="flow; of deliver and occlusion, if not the trial's own",
        json_schema_extra=_NO_DEFAULT,
    )
    volume_nl: VolumeNl | None = Field(
        None, alias="volume", description="of prime, and of one bolus", json_schema_extra=_NO_DEFAULT
    )
    duration_s: DurationS | None = Field(
        None,
        alias="duration",
        description="how long; of occlusion, how long the alarm is waited for (1 h)",
        json_schema_extra=_NO_DEFAULT,
    )
    count: Boluses | None = Field(
        None, description="how many boluses, one after the other", json_schema_extra={"default": "25"}
    )
    settle_s: DurationS | None = Field(
        None,
        alias="settle",
        description="how long is waited afterwards, before the balance is read",
        json_schema_extra={"default": "30 s"},
    )
    pressure_kpa: BackPressureKpa | None = Field(
        None,
        description="pressure at the outlet from now on, above ambient",
        json_schema_extra=_NO_DEFAULT,
    )
    end_of_life_s: DurationS | None = Field(
        None,
        alias="end_of_life",
        description="the last part of a delivery that ends a tube set's life: its mean error is B",
        json_schema_extra={"default": "no B"},
    )
    note: Description = Field("", description="what else the person is told when the step begins")

    @property
    def kind(self) -> str:
        """What is done, as a word."""
        return STEP_KINDS[self.kind_index]

    @property
    def settled_s(self) -> int:
        """How long is waited afterwards."""
        return USUAL_SETTLE_S if self.settle_s is None else self.settle_s

    @property
    def boluses(self) -> int:
        """How many boluses."""
        return USUAL_BOLUSES if self.count is None else self.count

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        needed, allowed = _KEYS[self.kind]
        given = {
            key
            for key, value in (
                ("rate", self.rate_nl_h),
                ("volume", self.volume_nl),
                ("duration", self.duration_s),
                ("count", self.count),
                ("settle", self.settle_s),
                ("pressure_kpa", self.pressure_kpa),
                ("end_of_life", self.end_of_life_s),
            )
            if value is not None
        }
        for key in sorted(given - {*needed, *allowed}):
            may = ", ".join((*needed, *allowed)) or "no keys but note"
            raise Wrong((key,), f"has no meaning in a {self.kind} step; allowed are {may}")
        for key in needed:
            if key not in given:
                raise Wrong((key,), f"is missing; a {self.kind} step needs it")
        for key, value in (("rate", self.rate_nl_h), ("volume", self.volume_nl)):
            if value == 0:
                raise Wrong((key,), "is nothing; more than 0 is needed")
        return self

    def drawn_nl(self, rate_nl_h: int) -> float:
        """What the step takes from the reservoir at most; `rate_nl_h` is the trial's."""
        rate = self.rate_nl_h or rate_nl_h
        if self.kind == PRIME:
            return float(self.volume_nl or 0)
        if self.kind == BOLUS:
            return float((self.volume_nl or 0) * self.boluses)
        if self.kind == DELIVER:
            return rate * (self.duration_s or 0) / 3600
        if self.kind == OCCLUSION:
            return rate * (self.duration_s or USUAL_ALARM_S) / 3600
        return 0.0

    def text(self, rate: str) -> str:
        """The step in words, with the rate in words."""
        from pumpbench.units import DURATION, VOLUME

        volume = "" if self.volume_nl is None else VOLUME.format(self.volume_nl)
        lasts = "" if self.duration_s is None else DURATION.format(self.duration_s)
        said = {
            PRIME: f"prime with {volume} at {rate}",
            ZERO: "zero the balance",
            STABILISE: f"let everything settle for {lasts}",
            DELIVER: f"deliver {rate} for {lasts}",
            BOLUS: f"{self.boluses} boluses of {volume} at {rate}",
            BACK_PRESSURE: f"set the pressure at the outlet to {self.pressure_kpa:g} kPa"
            if self.pressure_kpa is not None
            else "",
            OCCLUSION: f"close the line at {rate} until the alarm, then open it",
        }[self.kind]
        if self.end_of_life_s is not None:
            said += f", the last {DURATION.format(self.end_of_life_s)} ending the tube set's life"
        return said + (f" ({self.note})" if self.note else "")
