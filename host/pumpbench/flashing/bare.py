"""From a bare board to one that runs MicroPython."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pumpbench.client.discover import list_serial_ports
from pumpbench.files.board import Board
from pumpbench.flashing import boot_drive, images
from pumpbench.flashing.boot_drive import BootDrive
from pumpbench.flashing.errors import BadImage, NoBoard, TransferFailed
from pumpbench.flashing.images import MicroPythonImage

_APPEARS_S = 30.0
_LOOK_S = 0.3
# Where the boot ROM of each looks for the second-stage boot loader, with which MicroPython's images begin.
_ESP_OFFSETS = {"esp32": "0x1000", "esp32s3": "0x0"}


def image_for(board: Board, named: Path | None) -> MicroPythonImage:
    """Return the image that the user named, or has in the current folder or among the downloads.

    Raises `BadImage`, also when there is none: then the sentence says where a person gets it.
    """
    path = named or images.find(board, (Path.cwd(), Path.home() / "Downloads"))
    if path is None:
        image = board.image
        what = f"{image.name} {image.least_version} or later, {image.where}" if image else "one for its chip"
        raise BadImage(f"this board has no MicroPython yet: name an image with --image ({what})")
    return images.load(path, board)


def install_by_drive(image: MicroPythonImage, drive: BootDrive, tick: Callable[[], None]) -> str:
    """Copy the image to the board's boot drive and return the port that the board then shows."""
    before = {port.url for port in list_serial_ports()}
    boot_drive.copy(image, drive)
    until = time.monotonic() + _APPEARS_S
    while time.monotonic() < until:
        new = [port.url for port in list_serial_ports() if port.kind and port.url not in before]
        if new:
            return new[0]
        tick()
        time.sleep(_LOOK_S)
    raise NoBoard(
        f"the image is on the board, but no serial port appeared within {_APPEARS_S:.0f} s: plug it in anew"
    )


def install_by_esptool(image: MicroPythonImage, board: Board, url: str) -> None:
    """Erase an ESP32 and write the image, by esptool. Raises `TransferFailed`, `NoBoard`."""
    chip = board.board.chip_name
    for arguments in (["erase-flash"], ["write-flash", _ESP_OFFSETS[chip], str(image.path)]):
        command = [sys.executable, "-m", "esptool", "--chip", chip, "--port", url, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            why = next(
                (line for line in reversed(said) if "error" in line.lower()), (said or ["no reason"])[-1]
            )
            if arguments[0] == "erase-flash":
                raise NoBoard(f"there is no {chip} at {url} that answers esptool: {why}")
            raise TransferFailed(f"esptool could not write {image.path} to {url}: {why}; flash it again")
