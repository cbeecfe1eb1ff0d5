"""The hardware layers keep to the types of ``machine``, ``rp2`` and ``esp32``, by the stubs of each port.

Nothing of this is imported when the firmware runs. The stubs lie in folders of their own, as both ports have
modules of the same names.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.micropython import DEVICE, ROOT, SHARED

HAL = DEVICE / "pumpfw" / "hal"
STUBS = ROOT / "build" / "stubs"
COMMON = ("chip", "ports", "block_flash", "indicator")
LAYERS = {
    "rp2": ("rp2", "rp2_stepper", "rp2_i2c", "rp2_in_place", "rp2_interrupt", *COMMON),
    "esp32": ("esp32", "esp32_stepper", *COMMON),
}
_SETTINGS = """\
[mypy]
python_version = 3.11
strict = true
explicit_package_bases = true
follow_imports = silent
disallow_untyped_decorators = false
disallow_untyped_calls = false
warn_return_any = false
warn_unused_ignores = false

[mypy-usb.*]
ignore_missing_imports = true
"""


@pytest.mark.parametrize("port", LAYERS)
def test_a_layer_keeps_to_its_port_s_types(tmp_path: Path, port: str) -> None:
    assert (STUBS / port).is_dir(), f"{STUBS / port} is missing: `make set-up` fills it"
    settings = tmp_path / "mypy.ini"
    settings.write_text(_SETTINGS)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        str(settings),
        "--cache-dir",
        str(tmp_path / "cache"),
    ]
    command += ["--custom-typeshed-dir", str(STUBS / "stdlib")]
    command += [str(HAL / f"{name}.py") for name in LAYERS[port]]
    path = os.pathsep.join(map(str, (STUBS / port, DEVICE, SHARED)))
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"MYPYPATH": path}, check=False, cwd=ROOT
    )
    ours = [line for line in done.stdout.splitlines() if line.startswith("device/")]
    assert "checked" in done.stdout.splitlines()[-1], done.stdout + done.stderr
    assert not ours, "\n".join(ours)
