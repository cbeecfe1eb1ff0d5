"""MicroPython images as files: are they whole, for which chip, and the one that was meant?

UF2 is described in Microsoft's "USB Flashing Format"; an ESP image's header in Espressif's "Firmware Image
Format".
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

from pumpbench.files.board import Board
from pumpbench.flashing.errors import BadImage

_UF2_BLOCK = 512
_UF2_HEAD = struct.Struct("<8I")
_UF2_BEGIN = (0x0A324655, 0x9E5D5157)
_UF2_END = 0x0AB16F30
_UF2_HAS_FAMILY = 0x2000
_UF2_FAMILIES = {
    0xE48BFF56: "rp2040",
    0xE48BFF59: "rp2350",  # Arm, secure: the way MicroPython runs
    0xE48BFF5A: "rp2350 (RISC-V)",
    0xE48BFF5B: "rp2350 (Arm, non-secure)",
}
_UF2_IGNORED = (0xE48BFF57, 0xE48BFF58)  # blocks by absolute address, and data: no chip of their own
_ESP_MAGIC = 0xE9
_ESP_CHIP_AT = 12
_ESP_CHIPS = {0: "esp32", 2: "esp32s2", 5: "esp32c3", 9: "esp32s3", 12: "esp32c2", 13: "esp32c6"}
_SUFFIX = {"rp2040": ".uf2", "rp2350": ".uf2", "esp32": ".bin", "esp32s3": ".bin"}


@dataclass(frozen=True)
class MicroPythonImage:
    """An image that was checked. `known` tells whether the board file lists its SHA-256."""

    path: Path
    data: bytes
    sha256: str
    known: bool


def load(path: Path, board: Board) -> MicroPythonImage:
    """Read and check an image. Raises `BadImage` when it is not one for the board's chip."""
    chip = board.board.chip_name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadImage(f"the image {path} cannot be read: {error.strerror}") from None
    found = _uf2_chip(data, path) if _SUFFIX[chip] == ".uf2" else _esp_chip(data, path)
    if found != chip:
        raise BadImage(f"the image {path} is for {found}, the board {board.board.name} has {chip}")
    sha256 = hashlib.sha256(data).hexdigest()
    listed = board.image.sha256 if board.image else []
    return MicroPythonImage(path, data, sha256, sha256 in listed)


def find(board: Board, folders: tuple[Path, ...]) -> Path | None:
    """Return the newest image in `folders` whose name begins as the board file says."""
    if board.image is None:
        return None
    pattern = f"{board.image.name}*{_SUFFIX[board.board.chip_name]}"
    found = [path for folder in folders for path in folder.glob(pattern) if path.is_file()]
    return max(found, key=lambda path: path.name, default=None)


def _uf2_chip(data: bytes, path: Path) -> str:
    if data[:4] == b"" or len(data) % _UF2_BLOCK or data[:4] != struct.pack("<I", _UF2_BEGIN[0]):
        raise BadImage(f"{path} is no UF2 image, or only a part of one ({len(data)} bytes)")
    families = set()
    counts: dict[int, set[int]] = {}
    for at in range(0, len(data), _UF2_BLOCK):
        begin, again, flags, _address, size, number, total, family = _UF2_HEAD.unpack_from(data, at)
        (end,) = struct.unpack_from("<I", data, at + _UF2_BLOCK - 4)
        if (begin, again) != _UF2_BEGIN or end != _UF2_END or size > 476 or number >= total:
            raise BadImage(f"{path} is damaged: block {at // _UF2_BLOCK} of the UF2 image is no block")
        if not flags & _UF2_HAS_FAMILY:
            raise BadImage(f"{path} does not say which chip it is for, so it is not put on any")
        counts.setdefault(total, set()).add(number)
        if family not in _UF2_IGNORED:
            families.add(family)
    if any(len(numbers) != total for total, numbers in counts.items()):
        raise BadImage(f"{path} is only a part of a UF2 image: blocks are missing")
    if len(families) != 1:
        raise BadImage(f"{path} is an image for {len(families)} kinds of chip, not for one")
    family = families.pop()
    return _UF2_FAMILIES.get(family, f"another chip (UF2 family 0x{family:08x})")


def _esp_chip(data: bytes, path: Path) -> str:
    if len(data) < 24 or data[0] != _ESP_MAGIC:
        raise BadImage(f"{path} is no ESP image: it does not begin with 0x{_ESP_MAGIC:02x}")
    (number,) = struct.unpack_from("<H", data, _ESP_CHIP_AT)
    return _ESP_CHIPS.get(number, f"another chip (ESP chip id {number})")
