"""The home mark: late, early, moved, missing; and what a relief does to the count between two of them."""

import pytest

from pumpfw.config import Config
from pumpfw.readings import Readings, new_cells
from pumpfw.rotor_watch import RotorWatch
from pumplink.alarms import HOME_MOVED, STALL

REV = 3200


class Alarms:
    def __init__(self) -> None:
        self.present: set[int] = set()

    def set(self, code, present, value):
        (self.present.add if present else self.present.discard)(code)


class Rotor:
    """A motor that makes steps, and a mark that passes where it is told to."""

    def __init__(self) -> None:
        self.readings = Readings(new_cells())
        self.readings.steps_per_rev = REV
        self.alarms = Alarms()
        self.watch = RotorWatch(Config({}), self.alarms, self.readings)

    def turn(self, steps: int, flows: bool = False, look: bool = True) -> "set[int]":
        self.readings.steps_lo = (self.readings.steps_lo + steps) & 0x3FFFFFFF
        if look and self.watch.is_overdue():
            self.watch.overdue(flows)
        return self.alarms.present

    def pass_mark(self, ago: int = 0, passed: int = 1) -> "set[int]":
        self.watch.mark(ago, passed)
        return self.alarms.present


@pytest.fixture
def rotor():
    rotor = Rotor()
    rotor.turn(1000)
    rotor.pass_mark()
    return rotor


def test_marks_a_revolution_apart_raise_nothing_however_late_they_are_looked_at(rotor):
    for ago in (0, 40, 17, 800, 3, 30):
        rotor.turn(REV + ago)
        assert rotor.pass_mark(ago) == set()
        rotor.turn(-ago)
    rotor.turn(3 * REV, look=False)
    assert rotor.pass_mark(0, 3) == set()


@pytest.mark.parametrize("degrees", [20, 180, -20, -180])
def test_a_mark_that_moves_is_told_once_and_gone_with_the_next(rotor, degrees):
    rotor.turn(REV + REV * degrees // 360, flows=True)
    assert rotor.pass_mark() == {HOME_MOVED}
    rotor.turn(REV)
    assert rotor.pass_mark() == set()


def test_a_mark_that_is_late_again_and_again_is_a_motor_that_slips(rotor):
    rotor.turn(REV * 115 // 100)
    rotor.pass_mark()
    rotor.turn(REV * 115 // 100)
    assert rotor.pass_mark() == {STALL}


def test_a_mark_that_does_not_come_is_a_stall_unless_the_flow_is_seen(rotor):
    assert rotor.turn(REV * 126 // 100, flows=True) == set()
    assert rotor.turn(1, flows=False) == {STALL}
    rotor.watch.stands()
    assert rotor.alarms.present == set()


def test_a_mark_that_is_gone_while_the_flow_is_seen_has_moved(rotor):
    assert rotor.turn(REV * 230 // 100, flows=True) == {HOME_MOVED}


def test_a_relief_back_over_the_mark_and_forward_again_raises_nothing(rotor):
    rotor.turn(100)
    rotor.turn(-300)
    rotor.turn(200)
    assert rotor.pass_mark() == set()
    rotor.turn(REV)
    assert rotor.pass_mark() == set()
