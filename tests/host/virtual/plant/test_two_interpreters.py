"""The same plant gives the same numbers on MicroPython and on CPython, and fits the board's memory."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.micropython import VIRTUAL, run_micropython

from pumpbench.virtual.plant.defaults import complete

SCENARIO = Path(__file__).with_name("scenario.py")


def numbers(text: str) -> list[float | str]:
    """Return doubles from their hex, and words as they are."""
    return [
        struct.unpack(">d", bytes.fromhex(word))[0] if len(word) == 16 else word
        for line in text.splitlines()
        for word in line.split()
    ]


@pytest.mark.parametrize("native", [False, True], ids=["bytecode", "native"])
def test_both_interpreters_give_the_same_numbers(native: bool) -> None:
    ours = run_micropython(SCENARIO, path=(VIRTUAL,), native=native, heapsize="160k")
    assert ours.stderr == ""
    environment = os.environ | {"PYTHONPATH": str(VIRTUAL)}
    theirs = subprocess.run(
        [sys.executable, str(SCENARIO)], capture_output=True, text=True, env=environment, check=True
    )
    found, expected = numbers(ours.stdout), numbers(theirs.stdout)
    assert len(found) == len(expected) > 10_000
    for ours_is, theirs_is in zip(found, expected, strict=True):
        assert (
            ours_is == pytest.approx(theirs_is, rel=1e-9, abs=1e-6)
            if isinstance(ours_is, float)
            else ours_is == theirs_is
        )


def test_the_model_leaves_most_of_the_heap_to_the_firmware() -> None:
    source = """
import gc, json, sys
gc.collect()
before = gc.mem_alloc()
from plant.plant import Plant
plant = Plant(json.loads(sys.stdin.readline()))
gc.collect()
print(gc.mem_alloc() - before)
"""
    config = json.dumps(complete({"source": {"kind": "constant-flow"}}))
    ran = run_micropython(source, path=(VIRTUAL,), native=True, heapsize="160k", stdin=config)
    assert ran.stderr == ""
    assert int(ran.stdout) < 60_000
