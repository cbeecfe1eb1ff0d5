"""MicroPython images as small as they can be."""

import struct
from pathlib import Path

RP2040, RP2350 = 0xE48BFF56, 0xE48BFF59
ESP32, ESP32S3 = 0, 9


def uf2(path: Path, family: int = RP2040, blocks: int = 3) -> Path:
    """Write a UF2 image of that many blocks."""
    made = b""
    for number in range(blocks):
        head = struct.pack(
            "<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * number, 256, number, blocks, family
        )
        made += head + bytes(476) + struct.pack("<I", 0x0AB16F30)
    path.write_bytes(made)
    return path


def esp(path: Path, chip: int = ESP32) -> Path:
    """Write what an ESP image begins with."""
    path.write_bytes(struct.pack("<BBBBIBBBBH", 0xE9, 3, 2, 0x20, 0x40081000, 0, 0, 0, 0, chip) + bytes(64))
    return path
