"""The processor core: against rp2040js's own, and where that one is known to be wrong, against the manual."""

import json
import subprocess
from pathlib import Path

from tests.support.emulated import Prompt, needs_emulator

from pumpbench.emulated import parts

_SCRIPT = Path(__file__).with_name("core_against_rp2040js.mjs")


@needs_emulator
def test_every_kind_of_instruction_does_what_another_core_does() -> None:
    done = subprocess.run(
        [parts.node(), str(_SCRIPT), str(parts.folder()), "100000", "20261123"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told == {"tried": 100_000, "differ": []}


def test_one_step_of_a_loop_takes_as_many_cycles_as_the_manual_says(prompt: Prompt) -> None:
    # sub and a branch that is taken: 1 + 2 cycles (Cortex-M0+ technical reference manual, table 3-1)
    prompt.run(
        "from machine import Pin\n"
        "@micropython.asm_thumb\n"
        "def turns(r0):\n"
        "    label(AGAIN)\n"
        "    sub(r0, 1)\n"
        "    bne(AGAIN)\n"
        "mark = Pin(28, Pin.OUT)\n"
        "def timed(n):\n"
        "    mark.on(); turns(n); mark.off()\n"
        "timed(5)\n"
        "timed(1000); timed(3000)\n"
    )
    marks = [cycle for cycle, pin, _ in prompt.board.peek("marks")["changes"] if pin == 28]
    assert len(marks) == 6
    assert (marks[5] - marks[4]) - (marks[3] - marks[2]) == 2000 * 3


def test_floats_are_those_of_ieee_754_single_precision(prompt: Prompt) -> None:
    printed = prompt.run(
        "import math, struct\n"
        "def bits(x): return struct.unpack('<I', struct.pack('<f', x))[0]\n"
        "given = (1.5 * 1.01, 1 / 3, 1e30 * 1e30, math.sqrt(2.0), 16777216.0 + 1.0, float(-7))\n"
        "print([bits(x) for x in given])"
    )

    # MicroPython keeps two bits of a float for itself, so the last two are not compared.
    def bits(x: int) -> int:
        return x & ~3

    given = [bits(word) for word in json.loads(printed)]
    assert given == [
        bits(x) for x in (0x3FC1EB85, 0x3EAAAAAB, 0x7F800000, 0x3FB504F3, 0x4B800000, 0xC0E00000)
    ]
