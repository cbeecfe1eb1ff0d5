"""The step generator on the emulated RP2040: the edges that PIO makes, with their cycles, against what was
asked and what was counted."""

from itertools import pairwise
from typing import Any

import pytest
from tests.support.emulated import Prompt, needs_emulator

from pumpbench.boards import firmware_file
from pumpbench.files.board import named

pytestmark = needs_emulator

CYCLES_PER_US = 125
MODULES = ("hal/rp2_pio", "hal/rp2_stepper", "hal/block_flash")
_SET_UP = """
import json, machine, time
from pumpfw.hal import rp2_stepper as S
wires = json.loads({wires!r})
stop = machine.Pin(wires["stop"], machine.Pin.IN, machine.Pin.PULL_UP)
S.invert_input(wires["stop"], wires["stop_high"])
S.set_up(wires, stop)
S.cut()
S.enable(True)
first = S.steps()
"""


@pytest.fixture
def stepper(prompt: Prompt) -> Prompt:
    """The prompt, with the step generator set up as ``S`` and the driver on."""
    prompt.board.control.stop_input(False)
    wires = firmware_file.fields(named("emulated_pico"))["wires"]
    prompt.run(_SET_UP.format(wires=firmware_file.json.dumps(wires)))
    return prompt


def edges(prompt: Prompt) -> Any:
    """The board's last edges: cycles of the rising ones."""
    return prompt.board.peek("edges")


def cycles(prompt: Prompt, count: int) -> list[int]:
    """The cycles of the last `count` steps."""
    return [edge[0] for edge in edges(prompt)["last"]][-count:]


@pytest.mark.parametrize(
    ("us", "frac", "period"),
    [(10, 0, 1250), (10, 20_000, 1288), (37, 32_768, 4688), (1000, 0, 125_000), (20_000, 1, 2_500_000)],
)
def test_a_steady_rate_is_exact_to_the_cycle(stepper: Prompt, us: int, frac: int, period: int) -> None:
    steps = 30
    stepper.run(f"S.permit({steps})\nS.set_interval({us}, {frac})")
    stepper.board.advance(us * (steps + 2))
    found = cycles(stepper, steps)
    assert {later - earlier for earlier, later in pairwise(found)} == {period}


def test_reading_the_count_and_renewing_permits_moves_no_edge(stepper: Prompt) -> None:
    stepper.run(
        "S.permit(500)\nS.set_interval(50, 0)\n"
        "for _ in range(100):\n    S.steps(); S.permit(500); time.sleep_us(117)\n"
    )
    found = cycles(stepper, 200)
    assert {later - earlier for earlier, later in pairwise(found)} == {6250}


def test_no_step_is_lost_or_doubled_over_ten_thousand_random_changes(stepper: Prompt) -> None:
    before = edges(stepper)["steps"]
    printed = stepper.run(
        "S.permit(1 << 29)\n"
        "def change(count):\n"
        "    x = 12345\n"
        "    for _ in range(count):\n"
        "        x = (x * 1103 + 12347) & 0xFFFFFF\n"
        "        us = 10 + (x >> 4 & 0x1FF)\n"
        "        S.set_interval(us if x & 15 != 3 else 0, (x & 0x1FF) << 7 if x & 15 != 3 else 0)\n"
        "change(10000)\n"
        "S.set_interval(0, 0)\n"
        "time.sleep_ms(1)\n"
        "print(S.steps())",
        most_ms=60_000,
    )
    made = edges(stepper)["steps"] - before
    assert int(printed) == made > 2000
    found = cycles(stepper, 1000)
    assert min(later - earlier for earlier, later in pairwise(found)) >= 1000


@pytest.mark.parametrize("permits", [1, 2, 77])
def test_the_hardware_makes_no_more_steps_than_permitted(stepper: Prompt, permits: int) -> None:
    before = edges(stepper)["steps"]
    stepper.run(f"S.permit(9999)\nS.permit({permits})\nS.set_interval(100, 0)")
    stepper.board.advance(50_000)
    assert edges(stepper)["steps"] - before == permits
    assert int(stepper.run("print(S.steps() - first)")) == permits


def test_a_permit_of_none_holds_the_next_step_back(stepper: Prompt) -> None:
    stepper.run("S.permit(1000)\nS.set_interval(1000, 0)\ntime.sleep_ms(20)\nS.permit(0)")
    before = edges(stepper)["steps"]
    stepper.board.advance(50_000)
    assert edges(stepper)["steps"] == before


def test_a_chained_wait_is_exact_and_a_change_in_it_acts_at_once(stepper: Prompt) -> None:
    seconds = 9  # past 2^30 cycles, from where on two counters wait in turn
    stepper.run(
        f"S.permit(10)\nS.set_interval({seconds}_000_000, 0)\n"
        "base = 0x50200000\n"
        "at = machine.mem32[base + 4 * 51] >> 7 & 31\n"
        "machine.mem32[base + 4 * 54] = at\n"  # to the timer's first instruction: a step, and a whole wait
    )
    stepper.board.advance(seconds * 1_000_000 + 100_000)
    found = cycles(stepper, 2)
    assert found[1] - found[0] == seconds * 1_000_000 * CYCLES_PER_US
    stepper.run("S.set_interval(100000, 0)")
    changed = stepper.board.peek("chip")["cycle"]
    stepper.board.advance(200_000)
    first = next(edge[0] for edge in edges(stepper)["last"] if edge[0] > found[1])
    elapsed = (changed - found[1]) / (seconds * 1e6 * CYCLES_PER_US)
    assert abs((first - changed) / (0.1e6 * CYCLES_PER_US) - (1 - elapsed)) < 0.05


def test_ten_minutes_are_held_in_the_timer_s_registers(stepper: Prompt) -> None:
    printed = stepper.run(
        "S.set_interval(600_000_000, 0)\n"
        "S.set_interval(0, 0)\n"
        "m = machine.mem32\n"
        "b = 0x50200000\n"
        "m[b + 4 * 54] = 0xA0C6 & ~7 | 6\n"  # mov isr, isr: what a whole wait's Y is
        "m[b + 4 * 54] = 0x8000\n"
        "y = m[b + 32] & 0xFFFFFFFF\n"
        "m[b + 4 * 54] = 0xA0C7\n"  # mov isr, osr: its X
        "m[b + 4 * 54] = 0x8000\n"
        "print(m[b + 32] & 0xFFFFFFFF, y)"
    )
    x, y = (int(word) for word in printed.split())
    assert x + 5 + 64 * (y + 1) == 600_000_000 * CYCLES_PER_US


def test_a_hold_keeps_the_phase(stepper: Prompt) -> None:
    stepper.run("S.permit(10)\nS.set_interval(100000, 0)\ntime.sleep_ms(60)\nS.set_interval(0, 0)")
    before = edges(stepper)["steps"]
    stepper.board.advance(500_000)
    assert edges(stepper)["steps"] == before
    stepper.run("S.set_interval(100000, 0)")
    resumed = stepper.board.peek("chip")["cycle"]
    stepper.board.advance(60_000)
    assert edges(stepper)["steps"] == before + 1
    assert 0.033 < (cycles(stepper, 1)[0] - resumed) / 125e6 < 0.041


def test_the_stop_input_cuts_driver_and_steps_with_no_code(stepper: Prompt) -> None:
    stepper.run("S.permit(1 << 20)\nS.set_interval(100, 0)\ntime.sleep_ms(5)")
    stepper.start("machine.disable_irq()\nwhile True: pass\n")
    stepper.board.advance(20_000)
    before = edges(stepper)["steps"]
    stepper.board.control.stop_input(True)
    stepper.board.advance(1_000)
    stopped = edges(stepper)
    assert stopped["steps"] - before <= 1
    assert stopped["enable"][-1][1] == 0
    stepper.board.control.stop_input(False)
    stepper.board.advance(20_000)
    assert edges(stepper)["steps"] == stopped["steps"]
    stepper.board.control.power_cut()  # nothing else ends that loop
    stepper.board.advance(1_000_000)


def test_a_stop_that_was_let_go_is_still_told(stepper: Prompt) -> None:
    stepper.run("S.permit(1 << 20)\nS.set_interval(100, 0)\ntime.sleep_ms(5)")
    stepper.board.control.stop_input(True)
    stepper.board.advance(1_000)
    stepper.board.control.stop_input(False)
    stepper.board.advance(1_000)
    printed = stepper.run(
        "print(S.tripped(), S.is_off())\nS.cut()\nS.enable(True)\nprint(S.tripped(), S.is_off())"
    )
    assert printed.split() == ["True", "True", "False", "False"]


def test_no_step_is_counted_while_the_driver_is_off(stepper: Prompt) -> None:
    printed = stepper.run(
        "S.permit(100)\nS.set_interval(100, 0)\nS.enable(False)\na = S.steps()\n"
        "time.sleep_ms(20)\nprint(S.steps() - a)"
    )
    assert int(printed) == 0


def test_the_direction_changes_with_no_step_near(stepper: Prompt) -> None:
    stepper.run("S.permit(1 << 20)\nS.set_interval(20, 0)\ntime.sleep_ms(5)")
    stepper.run("S.set_forward(False)\ntime.sleep_ms(5)\nS.set_interval(0, 0)")
    last = edges(stepper)["last"]
    turned = next(i for i in range(1, len(last)) if last[i][1] != last[i - 1][1])
    assert last[turned][0] - last[turned - 1][0] >= 20 * CYCLES_PER_US


def test_the_home_mark_notes_the_count_once_a_revolution(stepper: Prompt) -> None:
    printed = stepper.run(
        "S.permit(1 << 20)\nS.set_interval(100, 0)\nmarks = []\n"
        "for _ in range(120):\n"
        "    time.sleep_ms(10)\n"
        "    S.steps()\n"
        "    if S.home_edges() != len(marks):\n"
        "        marks.append(S.home_steps())\n"
        "print(*marks)",
        most_ms=30_000,
    )
    marks = [int(word) for word in printed.split()]
    assert len(marks) >= 3
    assert all(abs(later - earlier - 3200) <= 12 for earlier, later in pairwise(marks))


def test_a_barred_driver_stays_off_whatever_is_told_and_no_step_is_made(stepper: Prompt) -> None:
    stepper.run("S.permit(100)\nS.set_interval(1000, 0)\ntime.sleep_ms(5)\nS.bar()")
    before = edges(stepper)["steps"]
    stepper.run("S.permit(100)\nS.set_interval(1000, 0)\nS.enable(True)\ntime.sleep_ms(5)")
    told = stepper.run("print(S.is_off(), S.tripped())")
    assert told.split() == ["True", "False"]
    assert edges(stepper)["steps"] == before > 0
    stepper.run("S.unbar()\ntime.sleep_ms(5)")
    assert edges(stepper)["steps"] == before
    stepper.run("S.enable(True)\ntime.sleep_ms(5)")
    assert edges(stepper)["steps"] > before


def test_its_functions_allocate_nothing(stepper: Prompt) -> None:
    stepper.run(
        "import micropython\n"
        "def use():\n"
        "    S.permit(100); S.set_interval(1000, 77); S.steps(); S.set_interval(600_000_000, 1)\n"
        "    S.set_interval(20, 5); S.home_edges(); S.home_steps(); S.tripped(); S.is_off()\n"
        "    S.set_interval(0, 0); S.cut(); S.enable(True); S.set_forward(False); S.set_forward(True)\n"
        "    S.bar(); S.enable(True); S.unbar()\n"
        "micropython.heap_lock()\n"
        "try:\n"
        "    use()\n"
        "finally:\n"
        "    micropython.heap_unlock()\n"
    )
