"""Calibration files: stroke volume by rotor speed, the flow sensor's gain and zero, the rotor's map."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pumpbench.files import toml
from pumpbench.files.checking import Table, Wrong, check
from pumpbench.files.fields import CountField, Drug, MomentField, Name, NumberField, QuantityField
from pumpbench.units import SENSOR_ZERO, SPEED, STROKE, TEMPERATURE
from pumplink.numbers import CALIBRATION_POINTS, MAP_BINS, MAX_FLOW_NL_H, SMALL

BINS = 72  # of a rotor map in bins
ONE = 1000  # a rotor map's mean flow, on the wire
_LEAST_MEAN = ONE // 10
_MAX_SPEED_MDEG_S = 3_600_000  # 600 rpm
_PPM = 1_000_000

Speed = Annotated[int, QuantityField(SPEED, 0, _MAX_SPEED_MDEG_S)]
Stroke = Annotated[int, QuantityField(STROKE, 1_000, 1_000_000_000)]
Zero = Annotated[int, QuantityField(SENSOR_ZERO, -MAX_FLOW_NL_H, MAX_FLOW_NL_H)]
Temperature = Annotated[int, QuantityField(TEMPERATURE, 0, 100_000)]
Gain = Annotated[int, NumberField(0.2, 5.0, _PPM)]
Slip = Annotated[int, NumberField(0.0, 0.065535, _PPM)]
Warming = Annotated[int, NumberField(-0.032767, 0.032767, _PPM)]
LagMs = Annotated[int, NumberField(0.0, 65.535, 1000)]
Relative = Annotated[int, NumberField(-1.0, 10.0, ONE)]
Moment = Annotated[int, MomentField()]
TubeSet = Annotated[int, CountField(0, SMALL)]


class Head(Table):
    """What the calibration belongs to."""

    tube_set: TubeSet = Field(description="number of the tube set, 0 for none")
    made_at_s: Moment = Field(alias="made_at", description="when it was made")
    expires_at_s: Moment | None = Field(
        default=None,
        alias="expires_at",
        description="when it stops counting",
        json_schema_extra={"default": "never"},
    )
    who: Drug = Field(default="", description="who made it")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.expires_at_s is not None and self.expires_at_s <= self.made_at_s:
            raise Wrong(("expires_at",), "is not after made_at; a later date is allowed")
        return self


class Conditions(Table):
    """How it was made."""

    fluid: Name = Field(default="water", description="what was pumped")
    temperature_mc: Temperature = Field(
        default=20_000,
        alias="temperature",
        description="of fluid and tube",
        json_schema_extra={"default": "20 °C"},
    )


class Sensor(Table):
    """The flow sensor: flow = gain x (reading - zero)."""

    gain_ppm: Gain = Field(
        default=_PPM,
        alias="gain",
        description="what its reading is multiplied by",
        json_schema_extra={"default": 1.0},
    )
    zero_nl_h: Zero = Field(
        default=0, alias="zero", description="what it reads at rest", json_schema_extra={"default": "0 nL/h"}
    )
    lag_ms: LagMs = Field(
        default=0,
        alias="lag",
        description="seconds from the head's flow to the reading: the line's lag and the sensor's",
        json_schema_extra={"default": 0.0},
    )


class Tube(Table):
    """What changes the stroke volume, which is given for 20 °C and no pressure behind the head."""

    slip_ppm_kpa: Slip = Field(
        default=0,
        alias="slip",
        description="share lost a kPa of pressure behind the head",
        json_schema_extra={"default": 0.0},
    )
    warming_ppm_c: Warming = Field(
        default=0,
        alias="warming",
        description="share won a degree above 20 °C",
        json_schema_extra={"default": 0.0},
    )


class Point(Table):
    """The volume of one revolution at one speed; straight lines between points, level beyond them."""

    speed_mdeg_s: Speed = Field(alias="speed", description="of the rotor; speeds rise from point to point")
    stroke_pl: Stroke = Field(alias="stroke_volume", description="volume of one revolution")


class RotorMap(Table):
    """The flow at each angle of the rotor."""

    relative: list[Relative] = Field(
        description=f"flow over mean flow, {MAP_BINS} numbers, the first at 0 degrees, straight lines "
        f"between, or {BINS}, each for {360 // BINS} degrees",
    )

    @model_validator(mode="after")
    def _delivers(self) -> Self:
        count = len(self.relative)
        if count not in (MAP_BINS, BINS):
            raise Wrong(("relative",), f"has {count} numbers; {MAP_BINS} or {BINS} are needed")
        if sum(self.relative) < count * _LEAST_MEAN:
            raise Wrong(("relative",), f"has a mean below {_LEAST_MEAN / ONE:g}; about 1 is wanted")
        return self

    def knots(self) -> list[int]:
        """Return the flow at each knot; a bin's value stands in its middle."""
        if len(self.relative) == MAP_BINS:
            return list(self.relative)
        found = []
        for knot in range(MAP_BINS):
            half_bins = 2 * BINS * knot - MAP_BINS  # from the first bin's middle, in 1 / (2 MAP_BINS) bins
            before, along = divmod(half_bins, 2 * MAP_BINS)
            low, high = self.relative[before % BINS], self.relative[(before + 1) % BINS]
            found.append(low + (high - low) * along // (2 * MAP_BINS))
        return found


class Calibration(Table):
    """A calibration, in the units of the wire."""

    calibration: Head = Field(description="what it belongs to")
    conditions: Conditions = Field(default=Conditions(), description="how it was made")
    sensor: Sensor = Field(default=Sensor(), description="the flow sensor: flow = gain x (reading - zero)")
    tube: Tube = Field(default=Tube(), description="what changes the stroke volume")
    points: list[Point] = Field(
        min_length=1,
        max_length=CALIBRATION_POINTS,
        description="stroke volume by speed: straight lines between points, level beyond them",
    )
    rotor_map: RotorMap | None = Field(
        default=None, description="the flow at each angle of the rotor", json_schema_extra={"default": "none"}
    )

    @model_validator(mode="after")
    def _speeds_rise(self) -> Self:
        for index in range(1, len(self.points)):
            if self.points[index].speed_mdeg_s <= self.points[index - 1].speed_mdeg_s:
                least = SPEED.format(self.points[index - 1].speed_mdeg_s)
                raise Wrong(
                    ("points", index, "speed"), f"is not above the speed before; more than {least} is allowed"
                )
        return self

    def wire(self) -> dict[str, Any]:
        """Return the fields of ``calibration_set``."""
        unused = CALIBRATION_POINTS - len(self.points)
        return {
            "tube_set": self.calibration.tube_set,
            "made_at_s": self.calibration.made_at_s,
            "expires_at_s": self.calibration.expires_at_s or 0,
            "sensor_gain_ppm": self.sensor.gain_ppm,
            "sensor_zero_nl_h": self.sensor.zero_nl_h,
            "points": len(self.points),
            "speed_mdeg_s": [point.speed_mdeg_s for point in self.points] + [0] * unused,
            "stroke_pl": [point.stroke_pl for point in self.points] + [0] * unused,
            "slip_ppm_kpa": self.tube.slip_ppm_kpa,
            "warming_ppm_c": self.tube.warming_ppm_c,
            "lag_ms": self.sensor.lag_ms,
            "map_valid": int(self.rotor_map is not None),
            "map_ppm": self.rotor_map.knots() if self.rotor_map else [0] * MAP_BINS,
        }


def load(path: Path) -> Calibration:
    """Return the calibration of a file. Raises `FileError`."""
    return check(Calibration, toml.read(path), path)


def text(
    wire: Mapping[str, Any],
) -> str:
    """Return the fields of ``calibration_set`` as a file that gives the same fields again."""
    points = list(zip(wire["speed_mdeg_s"], wire["stroke_pl"], strict=True))[: wire["points"]]
    lines = ["[calibration]", f"tube_set = {wire['tube_set']}", f"made_at = {_moment(wire['made_at_s'])}"]
    if wire["expires_at_s"]:
        lines.append(f"expires_at = {_moment(wire['expires_at_s'])}")
    lines += [
        "",
        "[sensor]",
        f"gain = {wire['sensor_gain_ppm'] / _PPM!r}",
        f'zero = "{wire["sensor_zero_nl_h"]} nL/h"',
        f"lag = {wire['lag_ms'] / 1000!r}",
        "",
        "[tube]",
        f"slip = {wire['slip_ppm_kpa'] / _PPM!r}",
        f"warming = {wire['warming_ppm_c'] / _PPM!r}",
    ]
    for speed_mdeg_s, stroke_pl in points:
        lines += [
            "",
            "[[points]]",
            f'speed = "{speed_mdeg_s} mdeg/s"',
            f'stroke_volume = "{stroke_pl / 1000!r} nL/rev"',
        ]
    if wire["map_valid"]:
        lines += ["", "[rotor_map]", "relative = [", *_rows(wire["map_ppm"]), "]"]
    return "\n".join(lines) + "\n"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _rows(relative: Sequence[int]) -> list[str]:
    numbers = [f"{value / ONE:g}" for value in relative]
    return [f"    {', '.join(numbers[at : at + 12])}," for at in range(0, len(numbers), 12)]
