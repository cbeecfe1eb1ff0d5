"""Board files (``boards/*.toml``): what is known of a pump from its construction, and its hard limits."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from pumpbench.files import toml
from pumpbench.files.checking import Table, check
from pumpbench.files.fields import (
    ChoiceField,
    Description,
    Name,
    QuantityField,
    RateNlH,
    VolumeNl,
)
from pumpbench.units import MAX_VOLUME_NL, PRESSURE, STROKE
from pumplink.numbers import SMALL

CHIPS = ("unix",)
_CHECKOUT = Path(__file__).resolve().parents[3] / "boards"
_INSTALLED = Path(__file__).resolve().parents[1] / "_files" / "boards"

StrokePl = Annotated[int, QuantityField(STROKE, 1_000, SMALL)]
SignedPa = Annotated[int, QuantityField(PRESSURE, -MAX_VOLUME_NL, MAX_VOLUME_NL)]
LimitPa = Annotated[int, QuantityField(PRESSURE, 1_000, MAX_VOLUME_NL)]


class Identity(Table):
    """What the board is."""

    name: Name = Field(description="what the board calls itself")
    chip: Annotated[int, ChoiceField(CHIPS)] = Field(description="whose hardware layer drives it")
    description: Description = Field("", description="one line for people")


class Head(Table):
    """The pump head."""

    stroke_pl: StrokePl = Field(
        alias="stroke_volume", description="nominal volume of a revolution, until a calibration says better"
    )


class PressureInput(Table):
    """The pressure sensor's scale."""

    zero_pa: SignedPa = Field(alias="at_zero", description="pressure at a raw reading of 0")
    full_scale_pa: SignedPa = Field(alias="full_scale", description="pressure at a raw reading of 65,535")


class HardLimits(Table):
    """What no program and no command can exceed."""

    flow_nl_h: RateNlH = Field(alias="flow", description="any flow")
    bolus_nl: VolumeNl = Field(alias="bolus_volume", description="one bolus")
    bolus_nl_h: RateNlH = Field(alias="bolus_rate", description="a bolus's rate")
    hour_nl: VolumeNl = Field(alias="volume_in_any_hour", description="what goes out in any hour")
    pressure_pa: LimitPa = Field(alias="pressure", description="above this it is an occlusion")
    move_nl: VolumeNl = Field(alias="move_volume", description="one prime, purge or jog")


class Board(Table):
    """A board file."""

    board: Identity = Field(description="what the board is")
    head: Head = Field(description="the pump head")
    pressure: PressureInput = Field(description="the pressure sensor's scale")
    limits: HardLimits = Field(description="what no program and no command can exceed")

    def numbers(self) -> dict[str, int]:
        """The firmware's board numbers, by the names of its ``config.py``."""
        return {
            "stroke_pl": self.head.stroke_pl,
            "pressure_pa_at_zero": self.pressure.zero_pa,
            "pressure_pa_full_scale": self.pressure.full_scale_pa,
            "max_flow_nl_h": self.limits.flow_nl_h,
            "max_bolus_nl": self.limits.bolus_nl,
            "max_bolus_nl_h": self.limits.bolus_nl_h,
            "max_hour_nl": self.limits.hour_nl,
            "max_pressure_pa": self.limits.pressure_pa,
            "max_move_nl": self.limits.move_nl,
        }


def load(path: Path) -> Board:
    """Return the board of a file. Raises `FileError`."""
    return check(Board, toml.read(path), path)


def named(name: str) -> Board:
    """Return one of the project's own boards, such as ``virtual``. Raises `FileError`."""
    folder = _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED
    return load(folder / f"{name}.toml")
