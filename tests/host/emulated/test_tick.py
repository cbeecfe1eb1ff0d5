"""The tick on the chip itself: it allocates nothing, in any state."""

from tests.bench.chip_tick import Bench, states
from tests.support.emulated import Prompt

from pumpbench.emulated.board import EmulatedBoard
from pumplink.names import STATE_NAMES

TICKS = 1000


def test_a_thousand_ticks_of_every_state_allocate_nothing(booted: EmulatedBoard, prompt: Prompt) -> None:
    bench = Bench(booted, prompt)
    bench.prepare()
    found = states(bench, TICKS)  # a MemoryError there, where the heap is locked, ends it
    assert [len(found[name].of) for name in STATE_NAMES] == [TICKS] * len(STATE_NAMES)
