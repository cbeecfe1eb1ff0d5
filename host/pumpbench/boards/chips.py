"""What the chips' pins can do, for checking a board file. Sources: the data sheets' pin tables.

RP2040 data sheet 1.4.3, RP2350 (QFN-60) data sheet 1.2.3, ESP32 data sheet 2.2 and 2.4 (strapping pins),
ESP32-S3 data sheet 2.2 and 2.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PIO_INSTRUCTIONS = 32  # of a block
PIO_MACHINES = 4


@dataclass(frozen=True)
class Chip:
    """One chip.

    Attributes:
        name: as in a board file.
        layer: the firmware's hardware layer.
        pins: GPIO numbers that a board may use.
        inputs_only: of them, those that drive nothing and have no pull-up.
        analogue: inputs of the converter.
        taken: GPIO numbers that are there but used by the chip or the module, with the reason.
        i2c: SDA and SCL pins by controller, empty where any pin will do.
        second_port: whether MicroPython can show a second USB serial port on it.
        pio_blocks: how many it has.
    """

    name: str
    layer: str
    pins: frozenset[int]
    inputs_only: frozenset[int]
    analogue: frozenset[int]
    taken: Mapping[int, str]
    i2c: Mapping[int, tuple[frozenset[int], frozenset[int]]]
    second_port: bool
    pio_blocks: int = 0


def _rp(name: str, pio_blocks: int) -> Chip:
    """RP2040 and RP2350A as they sit on a Pico: GP23 to GP25 and GP29 belong to the module."""
    return Chip(
        name=name,
        layer="rp2",
        pins=frozenset(range(30)),
        inputs_only=frozenset(),
        analogue=frozenset({26, 27, 28}),
        taken={
            23: "the module's power supply",
            24: "the module's USB detection",
            25: "the module's lamp",
            29: "the module's supply measurement",
        },
        i2c={
            0: (frozenset(range(0, 30, 4)), frozenset(range(1, 30, 4))),
            1: (frozenset(range(2, 30, 4)), frozenset(range(3, 30, 4))),
        },
        second_port=True,
        pio_blocks=pio_blocks,
    )


_ESP32_FLASH = "the module's flash memory"
_ESP32 = Chip(
    name="esp32",
    layer="esp32",
    pins=frozenset({*range(20), 21, 22, 23, 25, 26, 27, *range(32, 40)}),
    inputs_only=frozenset(range(34, 40)),
    analogue=frozenset(range(32, 40)),  # the second converter is the radio's
    taken={
        **dict.fromkeys(range(6, 12), _ESP32_FLASH),
        **dict.fromkeys((1, 3), "the serial port"),
        **dict.fromkeys((0, 2, 5, 12, 15), "strapping: its level at reset says how the chip starts"),
    },
    i2c={},
    second_port=False,
)
_ESP32_S3 = Chip(
    name="esp32s3",
    layer="esp32",
    pins=frozenset({*range(22), *range(26, 49)}),
    inputs_only=frozenset(),
    analogue=frozenset(range(1, 11)),
    taken={
        **dict.fromkeys(range(26, 33), _ESP32_FLASH),
        **dict.fromkeys(range(33, 38), "the module's memory, on modules with octal PSRAM"),
        **dict.fromkeys((19, 20), "USB"),
        **dict.fromkeys((43, 44), "the serial port"),
        **dict.fromkeys((0, 3, 45, 46), "strapping: its level at reset says how the chip starts"),
    },
    i2c={},
    second_port=True,
)
CHIPS: Mapping[str, Chip] = {
    chip.name: chip for chip in (_rp("rp2040", 2), _rp("rp2350", 3), _ESP32, _ESP32_S3)
}
