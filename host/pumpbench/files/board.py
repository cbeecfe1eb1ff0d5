"""Board files (``boards/*.toml``): chip, pins, motor driver, sensors and hard limits of a board.

``pumpbench.boards.checks`` says whether the pins fit the chip, ``pumpbench.boards.firmware_file`` makes of a
board file what the firmware reads.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from pumpbench.files import toml
from pumpbench.files.checking import Table, check
from pumpbench.files.fields import (
    ChoiceField,
    CountField,
    Description,
    FlagField,
    Name,
    NameField,
    QuantityField,
    RateNlH,
    VersionField,
    VolumeNl,
)
from pumpbench.units import FREQUENCY, MAX_VOLUME_NL, PRESSURE, STROKE
from pumplink.numbers import MAX_RESERVOIRS, SMALL

CHIPS = ("unix", "rp2040", "rp2350", "esp32", "esp32s3")
DRIVERS = ("A4988", "DRV8825", "TMC2209")
FLOW_SENSORS = ("SLF3S-0600F",)
LEVELS = ("low", "high")
# By model: address on the bus, nL/h a count, what it measures at most (Sensirion's SF06 driver).
_FLOW_SENSOR_NUMBERS = ((0x08, 6_000, 120_000_000),)
_CHECKOUT = Path(__file__).resolve().parents[3] / "boards"
_INSTALLED = Path(__file__).resolve().parents[1] / "_files" / "boards"

StrokePl = Annotated[int, QuantityField(STROKE, 1_000, SMALL)]
SignedPa = Annotated[int, QuantityField(PRESSURE, -MAX_VOLUME_NL, MAX_VOLUME_NL)]
LimitPa = Annotated[int, QuantityField(PRESSURE, 1_000, MAX_VOLUME_NL)]
Pin = Annotated[int, CountField(0, 99)]
Flag = Annotated[bool, FlagField()]
Level = Annotated[int, ChoiceField(LEVELS)]
Text = Annotated[str, NameField(most_bytes=120)]


class Identity(Table):
    """What the board is."""

    name: Name = Field(description="what the board calls itself")
    chip: Annotated[int, ChoiceField(CHIPS)] = Field(description="whose hardware layer drives it")
    description: Description = Field("", description="one line for people")
    simulated: Flag = Field(
        False,
        description="no hardware: every figure from it is a simulated one",
        json_schema_extra={"default": "false"},
    )

    @property
    def chip_name(self) -> str:
        """The chip in words."""
        return CHIPS[self.chip]


class Image(Table):
    """The MicroPython that the firmware runs on."""

    name: Text = Field(description="the image's name at its maker")
    least_version: Annotated[str, VersionField()] = Field(description="the oldest one that works")
    where: Text = Field(description="where a person gets it")
    sha256: list[Annotated[str, NameField(most_bytes=64)]] = Field(
        default_factory=list, description="of images that were tried", json_schema_extra={"default": "none"}
    )


class Motor(Table):
    """Stepper motor and driver."""

    driver: Annotated[int, ChoiceField(DRIVERS)] = Field(description="its data sheet's times are kept")
    full_steps: Annotated[int, CountField(20, 400)] = Field(
        200, description="full steps of the motor a revolution"
    )
    gear: Annotated[int, CountField(1, 200)] = Field(
        1, description="revolutions of the motor for one of the head"
    )
    microsteps: Annotated[int, CountField(1, 256)] = Field(
        16, description="microsteps a full step, as set at the driver"
    )
    step: Pin = Field(description="pin of the driver's STEP")
    direction: Pin = Field(description="pin of the driver's DIR")
    enable: Pin = Field(description="pin of the driver's EN, with a pull-up of 10 kOhm to 3.3 V")
    count: Pin | None = Field(
        None, description="input that STEP is wired to as well, where the chip counts steps by a pin (ESP32)"
    )
    reversed: Flag = Field(False, description="forward is DIR low", json_schema_extra={"default": "false"})


class FlowSensor(Table):
    """The liquid flow sensor."""

    model: Annotated[int, ChoiceField(FLOW_SENSORS)] = Field(description="which one")
    bus: Annotated[int, CountField(0, 1)] = Field(0, description="number of the I2C controller")
    data: Pin = Field(description="pin of SDA")
    clock: Pin = Field(description="pin of SCL")
    frequency_hz: Annotated[int, QuantityField(FREQUENCY, 10_000, 400_000)] = Field(
        400_000, alias="frequency", description="of the bus", json_schema_extra={"default": "400 kHz"}
    )


class PressureInput(Table):
    """The pressure sensor's input and scale."""

    pin: Pin | None = Field(None, description="analogue input; none on a board without hardware")
    zero_pa: SignedPa = Field(alias="at_zero", description="pressure at a raw reading of 0")
    full_scale_pa: SignedPa = Field(alias="full_scale", description="pressure at a raw reading of 65,535")


class Valve(Table):
    """The selector valve: one output a reservoir, the selected one high."""

    pins: list[Pin] = Field(
        min_length=2, max_length=MAX_RESERVOIRS, description="outputs, in the order of the reservoirs"
    )


class HomeMark(Table):
    """The rotor's home mark."""

    pin: Pin = Field(description="input of the mark's sensor")
    active: Level = Field(
        0, description="its level while the mark is there", json_schema_extra={"default": "low"}
    )


class StopInput(Table):
    """The stop button: it cuts the driver by itself."""

    pin: Pin = Field(description="input, pulled up")
    active: Level = Field(
        0,
        description='the level that stops; "high" with a button that opens, so that a broken wire stops too',
        json_schema_extra={"default": "low"},
    )


class Indicator(Table):
    """Lamps and buzzer for alarms."""

    red: Pin | None = Field(None, description="lamp for high priority")
    yellow: Pin | None = Field(None, description="lamp for medium priority")
    cyan: Pin | None = Field(None, description="lamp for low priority")
    buzzer: Pin | None = Field(None, description="sounder without a tone of its own")


class Flash(Table):
    """How the chip's flash is shared."""

    storage_kib: Annotated[int, CountField(512, 65_536, "KiB")] = Field(
        alias="storage", description="what the MicroPython image keeps for files"
    )
    data_kib: Annotated[int, CountField(256, 904, "KiB")] = Field(
        904, alias="data", description="of it for journal, events and summaries; 904 holds 14 days of them"
    )


class Link(Table):
    """The port to the host."""

    second_port: Flag = Field(
        False,
        description="a second USB serial port where the firmware finds usb-device-cdc",
        json_schema_extra={"default": "false"},
    )


class Pio(Table):
    """Another program in the chip's PIO."""

    purpose: Name = Field(description="what it is for")
    block: Annotated[int, CountField(0, 2)] = Field(
        description="the PIO block; the firmware has most of block 0, and a machine of 1"
    )
    instructions: Annotated[int, CountField(1, 32)] = Field(description="that it takes of the block's 32")
    machines: Annotated[int, CountField(0, 4)] = Field(1, description="state machines that run it, of 4")


class HardLimits(Table):
    """What no program and no command can exceed."""

    flow_nl_h: RateNlH = Field(alias="flow", description="any flow")
    bolus_nl: VolumeNl = Field(alias="bolus_volume", description="one bolus")
    bolus_nl_h: RateNlH = Field(alias="bolus_rate", description="a bolus's rate")
    hour_nl: VolumeNl = Field(alias="volume_in_any_hour", description="what goes out in any hour")
    pressure_pa: LimitPa = Field(alias="pressure", description="above this it is an occlusion")
    move_nl: VolumeNl = Field(alias="move_volume", description="one prime, purge or jog")


class Head(Table):
    """The pump head."""

    stroke_pl: StrokePl = Field(
        alias="stroke_volume", description="nominal volume of a revolution, until a calibration says better"
    )


class Board(Table):
    """A board file."""

    board: Identity = Field(description="what the board is")
    image: Image | None = Field(None, description="the MicroPython that the firmware runs on")
    head: Head = Field(description="the pump head")
    motor: Motor | None = Field(None, description="stepper motor and driver")
    flow_sensor: FlowSensor | None = Field(None, description="the liquid flow sensor")
    pressure: PressureInput = Field(description="the pressure sensor's input and scale")
    valve: Valve | None = Field(None, description="the selector valve; without one there is one reservoir")
    home: HomeMark | None = Field(None, description="the rotor's home mark")
    stop: StopInput | None = Field(None, description="the stop button, which cuts the driver by itself")
    indicator: Indicator | None = Field(None, description="lamps and buzzer for alarms")
    flash: Flash | None = Field(None, description="how the chip's flash is shared")
    link: Link | None = Field(None, description="the port to the host")
    pio: list[Pio] = Field(
        default_factory=list, max_length=12, description="other programs in the chip's PIO, a table each"
    )
    limits: HardLimits = Field(description="what no program and no command can exceed")

    def numbers(self) -> dict[str, int]:
        """The firmware's board numbers, by the names of its ``config.py``."""
        numbers = {
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
        if self.motor is not None:
            motor = self.motor
            numbers["steps_per_rev"] = motor.full_steps * motor.gear * motor.microsteps
            numbers["reservoirs"] = len(self.valve.pins) if self.valve else 1
        if self.flow_sensor is not None:
            address, nl_h_per_count, range_nl_h = _FLOW_SENSOR_NUMBERS[self.flow_sensor.model]
            numbers["sensor_address"] = address
            numbers["sensor_nl_h_per_count"] = nl_h_per_count
            numbers["sensor_range_nl_h"] = range_nl_h
        return numbers


def load(path: Path) -> Board:
    """Return the board of a file. Raises `FileError`."""
    return check(Board, toml.read(path), path)


def folder() -> Path:
    """Return where the project's own board files are."""
    return _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED


def named(name: str) -> Board:
    """Return one of the project's own boards, such as ``virtual``. Raises `FileError`."""
    return load(folder() / f"{name}.toml")
