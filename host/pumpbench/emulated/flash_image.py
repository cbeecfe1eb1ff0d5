"""How a file is known for the flash of an emulated chip: by its size, and by what the chip boots by. One with
nothing in it, or a whole flash of nothing but erased bytes, is a flash that was never written.
"""

import zlib
from pathlib import Path

from pumpbench.virtual.errors import BadOption

SIZE = 2 << 20
_BOOT = 256
_CHECKED = 252
_ERASED = b"\xff"


def check(path: Path) -> None:
    """Refuse a file that is there and is no flash image: the emulator would write over it; and one that it
    cannot write.

    Raises:
        BadOption: it is one of these.
        OSError: it cannot be read.
    """
    if not path.exists():
        _try_to_write(path)
        path.resolve().unlink()
        return
    size = path.stat().st_size
    if size not in (0, SIZE) or not path.is_file():
        raise BadOption(
            f"flash image is {path}, but that file has {size:,} bytes and a flash has {SIZE:,}, so it is "
            "left as it is; name an image, or a file that is not there yet"
        )
    image = path.read_bytes()
    boot = image[:_BOOT]
    if image.strip(_ERASED) and _boot_crc(boot[:_CHECKED]) != int.from_bytes(boot[_CHECKED:], "little"):
        raise BadOption(
            f"flash image is {path}, but that file does not begin as a flash that boots, so it is left as it "
            "is; name an image, or a file that is not there yet"
        )
    _try_to_write(path)


def _try_to_write(path: Path) -> None:
    try:
        path.resolve().open("ab").close()
    except OSError as error:
        raise BadOption(f"flash image {path} cannot be written: {error.strerror or error}") from None


def _boot_crc(data: bytes) -> int:
    """Return the checksum that an RP2040 wants behind its second boot stage (data sheet, 2.8.1.3.1): CRC-32,
    most significant bit first, its end not inverted.
    """
    return _reversed(~zlib.crc32(bytes(_reversed(byte, 8) for byte in data)), 32)


def _reversed(value: int, bits: int) -> int:
    return sum(1 << (bits - 1 - bit) for bit in range(bits) if value >> bit & 1)
