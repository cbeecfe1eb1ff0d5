"""Nothing in the tick leaves the chip's small integers, whatever the inputs: not even on the way.

Every integer of the tick, in its array and in its objects, is replaced by one that looks at each result of
its arithmetic; so the machine code, which would wrap around, is proven in the same run.
"""

from array import array

import core_rig
import pytest
from core_rig import Rig, segment
from fake_board import FakeBoard, FakeStepper

from pumpfw.config import Config
from pumpfw.readings import WORDS
from pumplink.states import RAMP, RUNNING

LIMIT = 1 << 30


class TooBigError(AssertionError):
    """A result that would be a heap object on a chip."""


class Small(int):
    """An integer whose arithmetic fails where it leaves -2^30..2^30-1."""


def checked(name):
    plain = getattr(int, name)

    def operation(self, *other):
        result = plain(self, *other)
        if type(result) is not int:
            return result
        if not -LIMIT <= result < LIMIT:
            raise TooBigError(f"{name} {int(self)} {other} = {result}")
        return Small(result)

    return operation


for operator in ("add", "sub", "mul", "floordiv", "mod", "lshift", "rshift", "and", "or", "xor"):
    setattr(Small, f"__{operator}__", checked(f"__{operator}__"))
    setattr(Small, f"__r{operator}__", checked(f"__r{operator}__"))
for operator in ("neg", "abs", "invert"):
    setattr(Small, f"__{operator}__", checked(f"__{operator}__"))


class Cells(array):
    """The tick's array: what it gives looks at its arithmetic, what it takes is small."""

    def __getitem__(self, place):
        return Small(super().__getitem__(place))

    def __setitem__(self, place, value):
        if not -LIMIT <= value < LIMIT:
            raise TooBigError(f"place {place} = {value}")
        super().__setitem__(place, value)


def tick_objects(core):
    """The objects of the firmware that the tick reaches, each once."""
    found, waiting = {}, [core]
    while waiting:
        thing = waiting.pop()
        if id(thing) in found or not type(thing).__module__.startswith("pumpfw"):
            continue
        found[id(thing)] = thing
        waiting += vars(thing).values()
    return found.values()


def watch_integers(core):
    for thing in tick_objects(core):
        for name, value in vars(thing).items():
            if type(value) is int and name != "_missing":
                setattr(thing, name, Small(value))
            elif type(value) is array and name != "_words":
                setattr(thing, name, [Small(number) for number in value])


def assert_all_small(core):
    for thing in tick_objects(core):
        for name, value in vars(thing).items():
            for number in value if isinstance(value, array | list) else [value]:
                if isinstance(number, int) and name not in ("_concentration", "_missing", "_values"):
                    assert -LIMIT <= number < LIMIT, (thing, name, number)


@pytest.fixture
def watched_board(monkeypatch):
    """Every number that the board gives is looked at as well; what it takes is a plain one again."""

    def give(kind, name):
        plain = getattr(kind, name)
        monkeypatch.setattr(kind, name, lambda board: Small(plain(board)))

    def take(name):
        plain = getattr(FakeStepper, name)
        monkeypatch.setattr(FakeStepper, name, lambda stepper, *values: plain(stepper, *map(int, values)))

    monkeypatch.setattr(core_rig, "new_cells", lambda: Cells("i", bytes(4 * WORDS)))
    for name in ("ticks_us", "pressure_raw", "home_edges", "home_steps"):
        give(FakeBoard, name)
    give(FakeStepper, "steps")
    take("set_interval")
    take("permit")


def most(name: str) -> int:
    """The largest that a board may have of a number, as the refusal of a larger one tells."""
    with pytest.raises(ValueError, match=name) as refused:
        Config({name: 1 << 40})
    return int(str(refused.value).rsplit(" ", 1)[1])


LARGEST = {name: most(name) for name in vars(Config({})) if name.startswith("max_")}


@pytest.mark.parametrize(
    "numbers",
    [
        {},
        {"stroke_pl": 10**9, "max_flow_nl_h": 1_020_000_000, "sensor_range_nl_h": 1_020_000_000},
        {
            "stroke_pl": 1_000_000_000,
            "compliance_nl_per_kpa": 100_000,
            "sensor_nl_h_per_count": 32_000,
            **LARGEST,
        },
        {"stroke_pl": 10_000_000, "steps_per_rev": 65_536, "tick_hz": 1000},
        {"stroke_pl": 10_000_000, "steps_per_rev": 48, "tick_hz": 10, "permit_us": 1_000_000},
    ],
)
def test_inputs_at_their_limits_leave_every_integer_small(numbers, watched_board):
    rig = Rig(numbers)
    config = rig.pump.config
    fastest = config.max_flow_nl_h
    slowest = int(rig.core.limits.slowest_nl_h(rig.core.flow.step_nl()))
    rig.fill(contents=1_000_000_000, low=0)
    strokes = [config.stroke_pl, config.stroke_pl // 2, *[0] * 6]
    bitten = [10 if index % 9 == 0 else 2000 for index in range(180)]
    rig.pump.calibration.set(
        [
            0,
            1,
            0,
            5_000_000,
            1 << 28,
            2,
            1,
            (1 << 30) - 1,
            *[0] * 6,
            *strokes,
            0xFFFF,
            -0x7FFF,
            0xFFFF,
            1,
            *bitten,
        ]
    )
    longest = min(60, (1 << 29) // (fastest // 3600 + 1))
    rig.commit(
        segment(RAMP, rate=0, to_rate=fastest, duration=longest),
        segment(rate=fastest, duration=longest),
        segment(RAMP, rate=fastest, to_rate=slowest, duration=longest),
        segment(rate=slowest, duration=longest),
        repeat=10,
        keep_open=fastest,
    )
    watch_integers(rig.core)
    rig.pump.start(rig.pump.programs.committed.digest, 0, 0)
    for name in ("now_lo", "steps_lo", "counted_lo", "measured_lo", "base_lo", "late_ticks"):
        setattr(rig.readings, name, LIMIT - 2)
    for number in range(6_000):
        board = rig.board
        rig.ideal = False
        board.flow_count = (32_767, -32_768, 0, 1_000)[number // 50 % 4]
        board.pressure_pa = (-1_000_000, 60_000, 1_000_000, 0)[number // 500 % 4]
        board.dead = number % 701 > 650
        rig.tick((0, 0, 0, 999_999, 9_999_999, 17)[number % 97 % 6] if number % 31 == 0 else 0)
        if rig.readings.state != RUNNING:
            rig.readings.alarms_present = rig.readings.alarms_latched = 0
            if rig.readings.run_open and rig.readings.state in (2, 3, 7, 8):
                rig.core.delivery.run()
            elif rig.readings.state in (0, 6):
                rig.pump.start(rig.pump.programs.committed.digest, 0, 0)
                watch_integers(rig.core)
    assert_all_small(rig.core)
    assert rig.readings.steps_lo > 0


def test_the_limbs_of_time_and_volume_carry():
    rig = Rig()
    rig.fill()
    top = LIMIT - 1
    readings = rig.readings
    readings.now_lo = top - 5_000_000
    rig.start(segment(rate=60_000_000, duration=60))
    readings.steps_lo = readings.counted_lo = readings.measured_lo = top - 1000
    rig.run(20)
    for name in ("now", "steps", "counted", "measured"):
        assert getattr(readings, name + "_hi") == 1
        assert 0 <= getattr(readings, name + "_lo") < LIMIT // 2
