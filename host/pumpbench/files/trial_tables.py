"""The tables of a trial protocol, each by itself: pump, balance, liquid, analysis, limits, refill."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from pumpbench.balances import PROTOCOLS
from pumpbench.files.calibration import Stroke
from pumpbench.files.checking import Table, Wrong
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
from pumpbench.trials.presets import PRESETS, Preset
from pumpbench.units import DURATION

OURS, OTHER = PUMP_KINDS = ("ours", "other")
USUAL_LIMIT_PERCENT = 5.0
USUAL_READ_EVERY_S = 5
ACTION_LEVEL_PERCENT = 15.0

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
