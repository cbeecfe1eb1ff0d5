"""Link and storage do the same on MicroPython as on CPython, and allocate nothing in the tick."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.micropython import DEVICE, SHARED, STAND_INS, run_micropython

SUPPORT = Path(__file__).parent / "support"
FOLDERS = (DEVICE, SHARED, SUPPORT, STAND_INS)


def on_micropython(script: str, native: bool) -> list[str]:
    done = run_micropython(SUPPORT / script, path=FOLDERS, heapsize="4m", native=native)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def on_cpython() -> list[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(folder) for folder in FOLDERS)}
    command = [sys.executable, "-B", str(SUPPORT / "scenario.py")]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()


@pytest.mark.parametrize("native", [False, True], ids=["bytecode", "native"])
def test_every_byte_sent_and_kept_is_the_same(on_cpython: list[str], native: bool) -> None:
    assert [line.split()[0] for line in on_cpython].count("sent") > 2
    assert on_micropython("scenario.py", native) == on_cpython


@pytest.mark.parametrize("native", [False, True], ids=["bytecode", "native"])
def test_the_tick_allocates_nothing_and_keeps_its_integers_small(native: bool) -> None:
    queued, counter, small = on_micropython("no_allocation.py", native)
    assert queued == "waiting True queued 64 lost 6"
    assert counter == "counter 1"
    assert small == "not small []"
