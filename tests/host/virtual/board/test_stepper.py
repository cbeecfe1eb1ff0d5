"""The step generator against a plain simulation that walks from step to step, and its exactness over days."""

import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.micropython import FAKES, VIRTUAL, run_micropython

from pumpbench.virtual.fakes.clock import Clock
from pumpbench.virtual.fakes.stepper import Stepper
from pumpbench.virtual.plant.clock import Clock as Crystal

US = 65_536


class Walker:
    """The same hardware, step by step, in exact fractions of an interval."""

    def __init__(self) -> None:
        self.now = 0
        self.interval = 0
        self.permits = 0
        self.left = Fraction(1)  # of an interval, to the next step
        self.made = 0

    def pass_to(self, now: int) -> None:
        span = Fraction((now - self.now) * US)
        self.now = now
        while self.interval and self.permits and span >= self.left * self.interval:
            span -= self.left * self.interval
            self.left = Fraction(1)
            self.permits -= 1
            self.made += 1
        if self.interval and self.permits:
            self.left -= span / self.interval


def new_stepper() -> tuple[Clock, Stepper]:
    clock = Clock(Crystal(0.0))
    stepper = Stepper(clock)
    stepper.attach(lambda: None)
    stepper.enable(True)
    return clock, stepper


actions = st.lists(
    st.tuples(
        st.integers(0, 3_000_000),  # us until then
        st.one_of(
            st.tuples(st.just("interval"), st.integers(10, 600_000_000), st.integers(0, US - 1)),
            st.tuples(st.just("interval"), st.just(0), st.just(0)),
            st.tuples(st.just("permit"), st.integers(0, 200), st.just(0)),
        ),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(actions)
def test_steps_are_those_of_the_step_by_step_simulation(done: list[tuple[int, tuple[str, int, int]]]) -> None:
    clock, stepper = new_stepper()
    walker = Walker()
    for wait, (what, first, second) in done:
        clock.now += wait
        walker.pass_to(clock.now)
        # Phase is kept to 2^-30 of an interval at each change: a step may be counted one look later.
        assert abs(stepper.steps() - walker.made) <= 1
        if stepper.steps() != walker.made:
            return
        if what == "interval":
            stepper.set_interval(first, second)
            walker.interval = first * US + second
        else:
            stepper.permit(first)
            walker.permits = first


def test_count_down_is_never_overrun() -> None:
    clock, stepper = new_stepper()
    stepper.set_interval(10, 0)
    stepper.permit(100)
    clock.now += 1_000_000
    assert stepper.steps() == 100
    stepper.permit(1)
    clock.now += 9
    assert stepper.steps() == 100
    clock.now += 1
    assert stepper.steps() == 101
    clock.now += 1_000_000
    assert stepper.steps() == 101


def test_rate_that_changes_at_each_tick_for_days_keeps_its_time() -> None:
    clock, stepper = new_stepper()
    stepper.permit(1 << 29)
    turns = 100_000
    expected = 0.0
    for tick in range(turns):
        interval = 1_111_111 * US + (tick * 7919) % US  # about 0.9 steps a second, never twice the same
        stepper.set_interval(interval // US, interval % US)
        clock.now += 10_000
        expected += 10_000 * US / interval
    assert abs(stepper.steps() - expected) <= 1


@pytest.mark.parametrize(("share", "made"), [(0.0, 1000), (0.25, 750), (1.0, 0)])
def test_steps_that_are_left_out_are_not_made_and_keep_their_permits(share: float, made: int) -> None:
    clock, stepper = new_stepper()
    stepper.leave_out(share)
    stepper.set_interval(100, 0)
    stepper.permit(5000)
    for _ in range(100):
        clock.now += 1000
        stepper.steps()
    assert stepper.steps() == stepper.position == made
    stepper.leave_out(0.0)
    clock.now += 10_000_000
    assert stepper.steps() == 5000


def test_change_acts_in_the_middle_of_a_ten_minute_wait() -> None:
    clock, stepper = new_stepper()
    stepper.permit(10)
    stepper.set_interval(600_000_000, 0)
    clock.now += 300_000_000
    stepper.set_interval(1000, 0)
    clock.now += 499
    assert stepper.steps() == 0
    clock.now += 1
    assert stepper.steps() == 1


def test_direction_and_driver_decide_what_the_motor_does_and_all_steps_are_counted() -> None:
    clock, stepper = new_stepper()
    stepper.permit(1000)
    stepper.set_interval(1000, 0)
    clock.now += 10_000
    stepper.steps()
    stepper.set_forward(False)
    clock.now += 4_000
    assert (stepper.steps(), stepper.position) == (14, 6)
    stepper.enable(False)
    clock.now += 2_000
    assert (stepper.steps(), stepper.position) == (16, 6)
    stepper.cut()
    clock.now += 1_000_000
    assert stepper.steps() == 16


@pytest.mark.skipif(sys.platform == "win32", reason="MicroPython is POSIX here")
def test_micropython_makes_the_same_steps_without_touching_the_heap() -> None:
    script = """
import micropython
from fakes.clock import Clock
from fakes.stepper import Stepper
class Crystal: pass
clock = Clock(Crystal())
stepper = Stepper(clock)
def nothing(): pass
stepper.attach(nothing)
stepper.enable(True)
def run():
    for tick in range(20000):
        stepper.permit(100)
        stepper.set_interval(1000 + tick * 7919 % 600000, tick * 104729 % 65536)
        clock.now += 10000
        stepper.steps()
micropython.heap_lock()
run()
micropython.heap_unlock()
print(stepper.steps())
"""
    clock, stepper = new_stepper()
    for tick in range(20_000):
        stepper.permit(100)
        stepper.set_interval(1000 + tick * 7919 % 600_000, tick * 104_729 % 65_536)
        clock.now += 10_000
        stepper.steps()
    result = run_micropython(script, path=(FAKES, VIRTUAL))
    assert result.stderr == ""
    assert int(result.stdout) == stepper.steps() > 1000
