"""The drive that an RP2040 or RP2350 shows while its BOOTSEL button is held at power-up."""

import os
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from pumpbench.flashing.errors import FlashFull, NoBoard, SeveralBoards, TransferFailed, WrongBoard
from pumpbench.flashing.images import MicroPythonImage

_INFO = "INFO_UF2.TXT"
_CHIPS = {"RPI-RP2": "rp2040", "RP2350": "rp2350"}  # by its Board-ID
_CHUNK = 1 << 16


@dataclass(frozen=True)
class BootDrive:
    """A mounted boot drive."""

    path: Path
    chip: str


def look_at(path: Path) -> BootDrive | None:
    """Return the boot drive that is mounted at `path`, None when it is something else."""
    try:
        text = (path / _INFO).read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Board-ID":
            return BootDrive(path, _CHIPS.get(value.strip(), value.strip()))
    return None


def find() -> list[BootDrive]:
    """Return the boot drives that are mounted now."""
    return [drive for place in _places() if (drive := look_at(place)) is not None]


def _places() -> list[Path]:
    if sys.platform == "win32":
        return [Path(f"{letter}:/") for letter in string.ascii_uppercase]
    user = os.environ.get("USER", "")
    parents = [
        Path("/Volumes"),
        Path("/media"),
        Path("/media") / user,
        Path("/run/media") / user,
        Path("/mnt"),
    ]
    found: list[Path] = []
    for parent in dict.fromkeys(parents):
        try:
            found += sorted(place for place in parent.iterdir() if place.is_dir())
        except OSError:
            continue
    return found


def choose(chip: str, named: Path | None) -> BootDrive | None:
    """Return the drive to copy to, None when there is none.

    Raises `NoBoard`, `SeveralBoards`, `WrongBoard`.
    """
    if named is not None:
        drive = look_at(named)
        if drive is None:
            raise NoBoard(f"{named} is no boot drive: it has no {_INFO}")
        found = [drive]
    else:
        found = find()
    if len(found) > 1:
        names = ", ".join(str(drive.path) for drive in found)
        raise SeveralBoards(f"there are several boot drives: name one with --drive, of {names}")
    if found and found[0].chip != chip:
        raise WrongBoard(f"the boot drive {found[0].path} belongs to {found[0].chip}, not to {chip}")
    return found[0] if found else None


def copy(image: MicroPythonImage, drive: BootDrive) -> None:
    """Copy the image. The board restarts with it as soon as the last block has arrived, and the drive goes.

    Raises `TransferFailed`, `FlashFull`.
    """
    target = drive.path / "image.uf2"
    sent = 0
    try:
        with target.open("wb") as file:
            for at in range(0, len(image.data), _CHUNK):
                file.write(image.data[at : at + _CHUNK])
                file.flush()
                os.fsync(file.fileno())
                sent = at + _CHUNK
    except OSError as error:
        if error.errno == 28:  # ENOSPC
            raise FlashFull(f"the boot drive {drive.path} has no room for {image.path}") from None
        if sent < len(image.data):  # else the board has taken all of it and restarted already
            raise TransferFailed(
                f"copying {image.path} to {drive.path} broke off: {error.strerror}; hold BOOTSEL, plug the "
                "board in again and flash again"
            ) from None
