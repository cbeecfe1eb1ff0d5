"""Trial protocols as people write them: what is tried, on which balance, in which steps and limits."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pumpbench.balances import PROTOCOLS
from pumpbench.files import toml
from pumpbench.files.calibration import Stroke
from pumpbench.files.checking import Model, Table, Wrong, check
from pumpbench.files.fields import (
    MAX_DURATION_S,
    ChoiceField,
    CountField,
    Description,
    DurationS,
    FloatField,
    QuantityField,
    RateNlH,
    VolumeNl,
)
from pumpbench.files.trial_steps import BOLUS, DELIVER, OCCLUSION, PRIME, Step
from pumpbench.trials.presets import PRESETS, Preset
from pumpbench.units import DURATION, RATE, VOLUME

OURS, OTHER = PUMP_KINDS = ("ours", "other")
USUAL_LIMIT_PERCENT = 5.0
USUAL_READ_EVERY_S = 5
ACTION_LEVEL_PERCENT = 15.0
MAX_STEPS = 100

Mg = Annotated[float, FloatField(0.0, 1e6, "mg")]
MgH = Annotated[float, FloatField(0.0, 1e6, "mg/h")]
Ppm = Annotated[float, FloatField(0.0, 1e5, "ppm")]
Percent = Annotated[float, FloatField(0.001, 1000.0, "%")]
Minutes = Annotated[float, FloatField(0.01, 1e5, "min")]
Text = Description
SpanS = Annotated[int, QuantityField(DURATION, 0, MAX_DURATION_S)]


class Head(Table):
    """What is tried, by whom."""

    name: Text = Field(description="what the trial is called")
    rate_nl_h: RateNlH = Field(alias="rate", description="the set rate, to which errors refer")
    preset_index: Annotated[int, ChoiceField(tuple(PRESETS))] = Field(
        0,
        alias="preset",
        description="sample interval, windows and analysed time that are usual for such pumps",
        json_schema_extra={"default": "general"},
    )
    who: Text = Field("", description="who runs it", json_schema_extra={"default": "the user"})
    tube_set: Annotated[int, CountField(0, 1_000_000)] = Field(
        0,
        description="number of the tube set in the laboratory's database",
        json_schema_extra={"default": "the one that the board is calibrated for"},
    )  # fmt: skip
    note: Text = Field("", description="anything that a reader of the report should know")

    @property
    def preset(self) -> Preset:
        """The usual intervals."""
        return PRESETS[tuple(PRESETS)[self.preset_index]]


class Pump(Table):
    """The device under test."""

    kind_index: Annotated[int, ChoiceField(PUMP_KINDS)] = Field(
        0,
        alias="kind",
        description="ours: commanded over its port; other: a pump that only the balance sees",
        json_schema_extra={"default": "ours"},
    )
    model: Text = Field("", description="maker and type, of another pump")
    serial_number: Text = Field("", description="of another pump")
    stroke_pl: Stroke | None = Field(
        None,
        alias="stroke_volume",
        description="volume of a revolution, for averages over whole ones",
        json_schema_extra={"default": "our pump's own"},
    )
    rollers: Annotated[int, CountField(1, 24, "rollers")] | None = Field(
        None,
        description="how many leave the tube in a revolution, for the pulsation",
        json_schema_extra={"default": "not stated"},
    )
    contents_nl: VolumeNl | None = Field(
        None,
        alias="contents",
        description="what its reservoir holds at the start",
        json_schema_extra={"default": "what the steps draw"},
    )

    @property
    def ours(self) -> bool:
        """Whether the pump is commanded over its port."""
        return PUMP_KINDS[self.kind_index] == OURS


class BalanceTable(Table):
    """The balance, and what is known of it. What is not stated is not in the uncertainty budget."""

    protocol_index: Annotated[int, ChoiceField(tuple(PROTOCOLS))] = Field(
        0, alias="protocol", description="what it speaks", json_schema_extra={"default": "mt-sics"}
    )
    model: Text = Field("", description="maker, type and serial number, as it does not say by itself")
    read_every_s: DurationS = Field(
        USUAL_READ_EVERY_S, alias="read_every", description="how often it is read"
    )
    resolution_mg: Mg | None = Field(
        None, description="last digit", json_schema_extra={"default": "not stated"}
    )
    repeatability_mg: Mg | None = Field(
        None, description="standard deviation of one reading", json_schema_extra={"default": "not stated"}
    )
    drift_mg_h: MgH | None = Field(
        None, description="limit of its drift", json_schema_extra={"default": "not stated"}
    )
    gain_ppm: Ppm | None = Field(
        None,
        description="limit of its gain's error, linearity included",
        json_schema_extra={"default": "100, assumed"},
    )
    baud: Annotated[int, CountField(110, 1_000_000, "baud")] | None = Field(
        None, description="speed of its serial port", json_schema_extra={"default": "the factory's"}
    )
    bits: Annotated[int, CountField(7, 8, "bits")] | None = Field(
        None, description="bits of a character", json_schema_extra={"default": "the factory's"}
    )
    parity: Annotated[int, ChoiceField(("N", "E", "O"))] | None = Field(
        None, description="none, even or odd", json_schema_extra={"default": "the factory's"}
    )

    @property
    def protocol(self) -> str:
        """What it speaks, as a word."""
        return tuple(PROTOCOLS)[self.protocol_index]


class Liquid(Table):
    """What is delivered, and the air around it. Buoyancy is corrected when both air values are given."""

    name: Text = Field("water", description="what it is", json_schema_extra={"default": "water"})
    density_g_ml: Annotated[float, FloatField(0.1, 20.0, "g/mL")] | None = Field(
        None,
        description="its density",
        json_schema_extra={"default": "0.998, or water's by temperature"},
    )
    temperature_c: Annotated[float, FloatField(0.0, 50.0, "°C")] | None = Field(
        None, description="of liquid and air", json_schema_extra={"default": "not stated"}
    )
    air_pressure_hpa: Annotated[float, FloatField(500.0, 1200.0, "hPa")] | None = Field(
        None, description="of the air", json_schema_extra={"default": "not stated"}
    )
    evaporation_mg_h: MgH | None = Field(
        None, description="what a control vessel loses", json_schema_extra={"default": "0, 1 mg/h assumed"}
    )

    @model_validator(mode="after")
    def _air_is_given_whole(self) -> Self:
        if (self.temperature_c is None) != (self.air_pressure_hpa is None):
            missing = "temperature_c" if self.temperature_c is None else "air_pressure_hpa"
            raise Wrong(
                (missing,), "is missing; buoyancy is corrected by temperature and air pressure together"
            )
        return self


class Analysis(Table):
    """What is analysed, where it is not what is usual for such a pump."""

    interval_s: DurationS | None = Field(
        None, alias="interval", description="sample interval S", json_schema_extra={"default": "the preset's"}
    )
    windows_min: list[Minutes] | None = Field(
        None, description="windows P of the trumpet curve", json_schema_extra={"default": "the preset's"}
    )
    from_s: SpanS | None = Field(
        None,
        alias="from",
        description="from when on, counted from the start of the delivery",
        json_schema_extra={"default": "the preset's"},
    )
    to_s: SpanS | None = Field(
        None, alias="to", description="until when", json_schema_extra={"default": "the preset's"}
    )


class Limits(Table):
    """What the pump has to keep. A limit that is not given is not judged."""

    mean_error_percent: Percent = Field(
        USUAL_LIMIT_PERCENT, description="of the mean flow's errors A and B, either way"
    )
    trumpet_percent: list[Percent] | None = Field(
        None,
        description="of the trumpet's errors, one for all windows or one a window",
        json_schema_extra={"default": "not judged"},
    )
    bolus_mean_percent: Percent | None = Field(
        None, description="of the boluses' mean error", json_schema_extra={"default": "not judged"}
    )
    alarm_within_s: DurationS | None = Field(
        None,
        alias="alarm_within",
        description="of the time from closing the line to the alarm",
        json_schema_extra={"default": "not judged"},
    )
    occlusion_bolus_nl: VolumeNl | None = Field(
        None,
        alias="occlusion_bolus",
        description="of what comes out when the line is opened again",
        json_schema_extra={"default": "not judged"},
    )


class Refill(Table):
    """Bookkeeping of an implanted pump's refill: what went in, what came back."""

    filled_nl: VolumeNl = Field(alias="filled", description="what went in at the start")
    returned_nl: VolumeNl | None = Field(
        None,
        alias="returned",
        description="what came back at the end; of a simulated pump, what the model's reservoir holds",
        json_schema_extra={"default": "told by trial report --returned"},
    )
    dead_volume_nl: VolumeNl = Field(0, alias="dead_volume", description="what cannot be drawn back")
    action_level_percent: Percent = Field(
        ACTION_LEVEL_PERCENT, description="an accuracy beyond it asks for an earlier check"
    )


def _empty(table: type[Model]) -> Callable[[], Model]:
    """A table of which the file says nothing."""
    return lambda: table.model_validate({})


class Trial(Table):
    """A whole trial protocol; volumes in nL, rates in nL/h, durations in s."""

    trial: Head = Field(description="what is tried, by whom")
    pump: Pump = Field(default_factory=_empty(Pump), description="the device under test")
    balance: BalanceTable = Field(
        default_factory=_empty(BalanceTable), description="the balance, and what is known of it"
    )
    liquid: Liquid = Field(
        default_factory=_empty(Liquid), description="what is delivered, and the air around it"
    )
    analysis: Analysis = Field(
        default_factory=_empty(Analysis), description="what is analysed, where the preset is not wanted"
    )
    limits: Limits = Field(default_factory=_empty(Limits), description="what the pump has to keep")
    refill: Refill | None = Field(None, description="an implanted pump's refill: in, and back")
    steps: Annotated[list[Step], Field(min_length=1, max_length=MAX_STEPS)] = Field(
        description="what is done, one after the other"
    )

    @property
    def name(self) -> str:
        """What the trial is called."""
        return self.trial.name

    @property
    def rate_nl_h(self) -> int:
        """The set rate."""
        return self.trial.rate_nl_h

    @property
    def interval_s(self) -> int:
        """Sample interval S."""
        return self.analysis.interval_s or round(self.trial.preset.interval_s)

    @property
    def windows_min(self) -> tuple[float, ...]:
        """Windows P of the trumpet."""
        given = self.analysis.windows_min
        return self.trial.preset.windows_min if given is None else tuple(given)

    @property
    def analyse_s(self) -> tuple[float, float]:
        """The analysed time, from the start of the delivery."""
        start, end = (60.0 * minute for minute in self.trial.preset.analyse_min)
        given = self.analysis
        return (start if given.from_s is None else given.from_s, end if given.to_s is None else given.to_s)

    def rate_of(self, step: Step) -> int:
        """The rate of a step."""
        return step.rate_nl_h or self.rate_nl_h

    def analysed(self, step: Step) -> bool:
        """Whether a step delivers for long enough to be analysed."""
        return step.kind == DELIVER and (step.duration_s or 0) >= self.analyse_s[1]

    def end_of_life_s(self, step: Step) -> tuple[float, float] | None:
        """The time of error B, from the start of a delivery that ends a tube set's life; else None."""
        if step.end_of_life_s is None or step.duration_s is None:
            return None
        return (float(step.duration_s - step.end_of_life_s), float(step.duration_s))

    def judged_s(self, step: Step) -> set[float]:
        """The times, from the start of a step's delivery, between which mean errors are taken."""
        return {*(self.analyse_s if self.analysed(step) else ()), *(self.end_of_life_s(step) or ())}

    @property
    def drawn_nl(self) -> float:
        """What all steps take from the reservoir at most."""
        return sum(step.drawn_nl(self.rate_nl_h) for step in self.steps)

    def step_text(self, step: Step) -> str:
        """A step in words."""
        return step.text(RATE.format(self.rate_of(step)))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.rate_nl_h == 0:
            raise Wrong(("trial", "rate"), "is 0; errors refer to it, so more than 0 is needed")
        start, end = self.analyse_s
        if start >= end:
            raise Wrong(("analysis", "from"), f"is not before the end at {end:g} s")
        self._check_windows(end - start)
        if self.balance.read_every_s > self.interval_s:
            raise Wrong(
                ("balance", "read_every"),
                f"is longer than the sample interval of {DURATION.format(self.interval_s)}",
            )
        self._check_steps(end)
        self._check_contents()
        return self

    def _check_windows(self, span_s: float) -> None:
        if not self.windows_min:
            raise Wrong(("analysis", "windows_min"), "names no window; at least one is needed")
        for window in self.windows_min:
            if window * 60 > span_s or window * 60 % self.interval_s:
                raise Wrong(
                    ("analysis", "windows_min"),
                    f"holds {window:g}; a window is a multiple of the sample interval of {self.interval_s} s "
                    f"and within the analysed {span_s / 60:g} min",
                )
        limits = self.limits.trumpet_percent
        if limits is not None and len(limits) not in (1, len(self.windows_min)):
            raise Wrong(
                ("limits", "trumpet_percent"),
                f"has {len(limits)} numbers; 1 for all windows, or one a window ({len(self.windows_min)}), "
                "are allowed",
            )

    def _check_steps(self, end_s: float) -> None:
        if not any(self.analysed(step) for step in self.steps):
            raise Wrong(
                ("steps",),
                f"hold no deliver step of {DURATION.format(round(end_s))} or more, which the analysis needs",
            )
        for index, step in enumerate(self.steps):
            self._check_end_of_life(index, step)
        if self.pump.ours:
            return
        for index, step in enumerate(self.steps):
            if step.kind in (PRIME, BOLUS, OCCLUSION):
                raise Wrong(
                    ("steps", index, "kind"), f"{step.kind} needs a pump that can be commanded, and [pump] "
                    "kind is \"other\"; zero, stabilise, deliver and back-pressure are allowed",
                )  # fmt: skip

    def _check_end_of_life(self, index: int, step: Step) -> None:
        lasts = step.end_of_life_s
        if lasts is None:
            return
        place = ("steps", index, "end_of_life")
        if not self.analysed(step):
            raise Wrong(
                place,
                f"is for a delivery of {DURATION.format(round(self.analyse_s[1]))} or more, which has an "
                "error A to compare B with",
            )
        if lasts > (step.duration_s or 0):
            raise Wrong(place, "is longer than the delivery")
        shortest = round(60 * min(self.windows_min))
        if lasts % self.interval_s or lasts < shortest:
            raise Wrong(
                place, f"is to be a multiple of the sample interval of {self.interval_s} s, and at least the "
                f"shortest window of {DURATION.format(shortest)}",
            )  # fmt: skip

    def _check_contents(self) -> None:
        contents = self.pump.contents_nl
        if self.pump.ours and contents is not None and self.drawn_nl > contents:
            raise Wrong(
                ("pump", "contents"),
                f"is too little: the steps draw up to {VOLUME.format(round(self.drawn_nl))}",
            )


def parse(tables: dict[str, Any], path: Path | str) -> Trial:
    """Return the protocol in already read tables; ``path`` is only named in errors. Raises `FileError`."""
    return check(Trial, tables, path)


def load(path: Path) -> Trial:
    """Return the protocol of a file. Raises `FileError`."""
    return parse(toml.read(path), path)


def loads(text: str, path: Path | str) -> Trial:
    """Return the protocol in a text; ``path`` is only named in errors. Raises `FileError`."""
    return parse(toml.parse(text.encode(), path), path)
