"""The interrupt at a set time on the emulated RP2040: when it comes, what it may come into, and that it can
be cancelled. Each call is an edge of GP28, whose cycle the emulator tells."""

import pytest
from tests.support.emulated import Prompt, needs_emulator

pytestmark = needs_emulator

MODULES = ("hal/rp2_interrupt",)
CYCLES_PER_US = 125
_SET_UP = """
import gc, time
from machine import Pin
from pumpfw.hal import rp2_interrupt as I
mark = Pin(28, Pin.OUT, value=0)
calls = 0
def call(_):
    global calls
    mark.toggle()
    calls += 1
I.start(call)
"""


@pytest.fixture
def chip(prompt: Prompt) -> Prompt:
    """The prompt, with the module set up as ``I``."""
    prompt.run(_SET_UP)
    prompt.board.peek("marks")
    return prompt


def edges(prompt: Prompt) -> list[int]:
    """The cycles at which GP28 moved since this was asked last."""
    return [cycle for cycle, pin, _ in prompt.board.peek("marks")["changes"] if pin == 28]


@pytest.mark.parametrize("us", [50, 1_000, 10_000])
def test_it_comes_at_its_time(chip: Prompt, us: int) -> None:
    chip.run(f"mark.toggle(); I.after({us}); time.sleep_ms(20)")
    begun, came = edges(chip)
    assert 0 <= (came - begun) / CYCLES_PER_US - us < 60


def test_a_time_that_has_gone_by_is_now(chip: Prompt) -> None:
    chip.run("mark.toggle(); I.after((10 - 11) & 0x3FFFFFFF); time.sleep_ms(1)")
    begun, came = edges(chip)
    assert came - begun < 60 * CYCLES_PER_US


def test_it_comes_in_the_midst_of_a_collection(chip: Prompt) -> None:
    took = chip.run(
        "full = [bytearray(40) for _ in range(2000)]\n"
        "mark.toggle(); I.after(5000); a = time.ticks_us(); gc.collect(); print(time.ticks_us() - a)"
    )
    begun, came = edges(chip)
    assert int(took) > 15_000
    assert came - begun < 5_100 * CYCLES_PER_US


def test_what_is_cancelled_does_not_come(chip: Prompt) -> None:
    assert chip.run("I.after(1000); I.cancel(); time.sleep_ms(5); print(calls)") == "0\n"


def test_after_a_cancel_the_next_one_comes_at_its_own_time(chip: Prompt) -> None:
    chip.run("I.after(3000); I.after(3000); I.cancel(); mark.toggle(); I.after(1000); time.sleep_ms(9)")
    begun, came = edges(chip)
    assert 0 <= (came - begun) / CYCLES_PER_US - 1_000 < 60
