"""In the real MicroPython the same code does the same, number by number, and its tick allocates nothing."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.micropython import DEVICE, SHARED, STAND_INS, run_micropython

from pumplink.names import STATE_NAMES

SUPPORT = Path(__file__).parent / "support"
FOLDERS = (DEVICE, SHARED, SUPPORT, STAND_INS)


def in_micropython(name: str, native: bool) -> str:
    ran = run_micropython(SUPPORT / name, path=FOLDERS, native=native)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_both_interpreters_and_both_emitters_do_the_same_number_by_number():
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(folder) for folder in FOLDERS)}
    command = [sys.executable, str(SUPPORT / "trace.py")]
    expected = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    assert len(expected.splitlines()) == 3 * 62
    assert in_micropython("trace.py", native=False) == expected
    assert in_micropython("trace.py", native=True) == expected


def test_a_thousand_ticks_of_every_state_allocate_nothing():
    for native in (False, True):
        lines = in_micropython("locked_ticks.py", native).splitlines()
        assert [line.split()[0] for line in lines] == [*STATE_NAMES, "done"]
