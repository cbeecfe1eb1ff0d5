"""The PIO blocks, by programs that the real MicroPython assembles and starts; the emulator counts edges."""

from itertools import pairwise

from tests.support.emulated import Prompt

STEP = 2
_STEPPER = """
import rp2
from machine import Pin
{program}
sm = rp2.StateMachine({number}, made, freq={freq}, {options})
"""


def periods(prompt: Prompt, most: int) -> list[int]:
    """Cycles from one rising edge of STEP to the next, over the last edges."""
    cycles = [cycle for cycle, _, _ in prompt.board.peek("edges")["last"]][-most:]
    return [later - earlier for earlier, later in pairwise(cycles)]


def made_by(
    prompt: Prompt, program: str, options: str, freq: int = 125_000_000, number: int = 0
) -> list[int]:
    """Let a program move STEP for 5 ms; return the cycles between its edges."""
    before = prompt.board.peek("edges")["steps"]
    script = _STEPPER.format(program=program, number=number, freq=freq, options=options)
    prompt.run(script + "\nimport time\nsm.active(1)\ntime.sleep_ms(5)\nsm.active(0)\n")
    return periods(prompt, prompt.board.peek("edges")["steps"] - before)


def test_a_waiting_loop_is_counted_to_the_cycle(prompt: Prompt) -> None:
    program = """
@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def made():
    set(x, 31)
    mov(osr, x)
    wrap_target()
    set(pins, 1)[1]
    mov(y, osr)
    label("wait")
    jmp(y_dec, "wait")
    set(pins, 0)
    wrap()
"""
    assert set(made_by(prompt, program, f"set_base=Pin({STEP})")) == {2 + 1 + 32 + 1}


def test_a_clock_divider_of_a_half_makes_periods_that_differ_by_one_cycle(prompt: Prompt) -> None:
    program = """
@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def made():
    wrap_target()
    set(pins, 1)
    set(pins, 0)
    nop()
    wrap()
"""
    found = made_by(prompt, program, f"set_base=Pin({STEP})", freq=50_000_000)  # 2.5 cycles an instruction
    assert set(found) == {7, 8}
    assert abs(sum(found) / len(found) - 7.5) < 0.01


def test_delays_and_side_set_take_their_bits_from_the_same_field(prompt: Prompt) -> None:
    program = """
@rp2.asm_pio(sideset_init=rp2.PIO.OUT_LOW)
def made():
    wrap_target()
    nop().side(1)[3]
    nop().side(0)[15]
    wrap()
"""
    assert set(made_by(prompt, program, f"sideset_base=Pin({STEP})")) == {4 + 16}


def test_two_machines_keep_step_by_a_flag(prompt: Prompt) -> None:
    before = prompt.board.peek("edges")["steps"]
    printed = prompt.run(
        "import rp2, time\n"
        "from machine import Pin\n"
        "@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)\n"
        "def leads():\n"
        "    wrap_target()\n"
        "    set(pins, 1)\n"
        "    irq(5)\n"
        "    set(pins, 0)[20]\n"
        "    wrap()\n"
        "@rp2.asm_pio()\n"
        "def counts():\n"
        "    label('top')\n"
        "    wait(1, irq, 5)\n"
        "    jmp(x_dec, 'top')\n"
        f"a = rp2.StateMachine(0, leads, set_base=Pin({STEP}))\n"
        "b = rp2.StateMachine(1, counts)\n"
        "b.exec('set(x, 0)'); b.active(1); a.active(1); time.sleep_ms(3); a.active(0)\n"
        "b.exec('mov(isr, invert(x))'); b.exec('push()'); print(b.get() + 1 & 0xffffffff)\n"
    )
    made = prompt.board.peek("edges")["steps"] - before
    assert abs(int(printed) - made) <= 1
    assert made > 10_000
    assert set(periods(prompt, made)) == {23}


def test_a_machine_sees_what_another_drives_on_a_pin(prompt: Prompt) -> None:
    before = prompt.board.peek("edges")["steps"]
    printed = prompt.run(
        "import rp2, time\n"
        "from machine import Pin\n"
        "@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)\n"
        "def leads():\n"
        "    set(pins, 1)[10]\n"
        "    set(pins, 0)[30]\n"
        "@rp2.asm_pio()\n"
        "def counts():\n"
        "    label('top')\n"
        "    wait(0, pin, 0)\n"
        "    wait(1, pin, 0)\n"
        "    jmp(x_dec, 'top')\n"
        f"a = rp2.StateMachine(0, leads, set_base=Pin({STEP}))\n"
        f"b = rp2.StateMachine(4, counts, in_base=Pin({STEP}))\n"
        "b.exec('set(x, 0)'); b.active(1); a.active(1); time.sleep_ms(2); a.active(0)\n"
        "b.exec('mov(isr, invert(x))'); b.exec('push()'); print(b.get() + 1 & 0xffffffff)\n"
    )
    made = prompt.board.peek("edges")["steps"] - before
    assert abs(int(printed) - made) <= 1
    assert made > 5000


def test_joined_fifos_hold_eight_words_and_others_four(prompt: Prompt) -> None:
    printed = prompt.run(
        "import rp2\n"
        "@rp2.asm_pio(fifo_join=rp2.PIO.JOIN_TX)\n"
        "def joined(): pull()\n"
        "@rp2.asm_pio()\n"
        "def plain(): pull()\n"
        "a = rp2.StateMachine(0, joined); b = rp2.StateMachine(1, plain)\n"
        "for i in range(8): a.put(i)\n"
        "for i in range(4): b.put(i)\n"
        "print(a.tx_fifo(), b.tx_fifo(), machine.mem32[0x50200004] >> 16 & 15)\n".replace(
            "machine.mem32", "__import__('machine').mem32"
        )
    )
    assert printed.split() == ["8", "4", "3"]


def test_words_come_through_both_fifos(prompt: Prompt) -> None:
    printed = prompt.run(
        "import rp2\n"
        "@rp2.asm_pio(autopull=True, autopush=True, pull_thresh=8, push_thresh=8,"
        " out_shiftdir=rp2.PIO.SHIFT_RIGHT, in_shiftdir=rp2.PIO.SHIFT_LEFT)\n"
        "def turned():\n"
        "    out(x, 1)\n"
        "    in_(x, 1)\n"
        "sm = rp2.StateMachine(2, turned); sm.active(1)\n"
        "for byte in (0x01, 0xa0, 0x37): sm.put(byte)\n"
        "print([hex(sm.get() & 0xff) for _ in range(3)])\n"
    )
    assert printed.strip() == "['0x80', '0x5', '0xec']"


def test_a_hard_interrupt_of_a_machine_runs_its_handler_each_time(prompt: Prompt) -> None:
    before = prompt.board.peek("edges")["steps"]
    printed = prompt.run(
        "import rp2, time, array\n"
        "from machine import Pin\n"
        "n = array.array('i', [0])\n"
        "def handler(sm): n[0] += 1\n"
        "@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)\n"
        "def ticks():\n"
        "    wrap_target()\n"
        "    set(x, 31)\n"
        "    label('a')\n"
        "    jmp(x_dec, 'a')[31]\n"
        "    set(pins, 1)\n"
        "    irq(rel(0))\n"
        "    set(pins, 0)\n"
        "    wrap()\n"
        f"sm = rp2.StateMachine(0, ticks, freq=1_000_000, set_base=Pin({STEP}))\n"
        "sm.irq(handler, hard=True); sm.active(1); time.sleep_ms(20); sm.active(0); time.sleep_ms(1)\n"
        "print(n[0])\n"
    )
    made = prompt.board.peek("edges")["steps"] - before
    assert int(printed) == made
    assert made >= 19
    assert set(periods(prompt, made)) == {125 * (1 + 32 * 32 + 3)}


def test_a_stopped_machine_makes_no_edge(prompt: Prompt) -> None:
    prompt.run("import rp2, machine\nrp2.PIO(0).remove_program()")
    before = prompt.board.peek("edges")["steps"]
    prompt.run("import time\ntime.sleep_ms(50)")
    assert prompt.board.peek("edges")["steps"] == before
