"""Power is cut at any moment, any number of times: no more than the program is ever delivered, and little
less is known."""

import random

import pytest
from core_rig import ML, NO_FLOW_SENSOR, STEP_NL, Rig, segment
from hypothesis import given, settings
from hypothesis import strategies as st

from pumpfw.errors import Refused
from pumplink.alarms import MEMORY_FAULT, RESET_IN_RUN
from pumplink.states import (
    BOLUS,
    EVENT_INTERRUPTED,
    FINISHED,
    INTERRUPTED,
    RAMP,
    REFUSED_ALARM,
    REFUSED_BUSY,
    RUNNING,
    STOPPED,
)

PROGRAMS = (
    [segment(rate=20 * ML, volume=ML // 2)],
    [segment(rate=20 * ML, duration=90)],
    [segment(RAMP, rate=0, to_rate=40 * ML, duration=80), segment(rate=300_000, duration=60)],
    [
        segment(rate=60 * ML, volume=100_000),
        segment(rate=100_000, duration=30),
        segment(rate=60 * ML, volume=100_000),
    ],
)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(PROGRAMS), st.integers(0, 1 << 30))
def test_over_any_number_of_cuts_no_more_than_the_program_is_delivered(program, seed):
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    rig.fill()
    rig.start(*program)
    volume_nl = rig.pump.programs.committed.volume_nl
    chance = random.Random(seed)
    delivered_nl, cuts = 0.0, 0
    while rig.readings.state == RUNNING:
        for _ in range(chance.randrange(1, 3000)):
            rig.tick()
            if rig.readings.state != RUNNING:
                break
        else:
            rig.board.now_us += chance.randrange(rig.period_us)
            rig.board.stepper.catch_up()
            cuts += 1
            true_nl = delivered_nl + rig.head_nl
            rig.boot()
            assert (rig.readings.state, rig.has_alarm(RESET_IN_RUN)) == (INTERRUPTED, True)
            assert rig.counted_nl >= true_nl - 1
            delivered_nl = true_nl
            rig.run(0.1)
            rig.pump.acknowledge(RESET_IN_RUN)
            rig.resume()
    assert delivered_nl + rig.head_nl <= rig.counted_nl + 1
    assert rig.counted_nl <= volume_nl
    assert delivered_nl + rig.head_nl >= volume_nl - (cuts + 1) * (10_000 + 6 * STEP_NL)


def test_the_ledger_is_never_behind_and_ahead_by_ten_microlitres_at_most():
    rig = Rig()
    rig.fill()
    rig.start(segment(rate=5 * ML, volume=ML))
    for _ in range(40):
        rig.run(3.3)
        true_nl, remaining_nl = rig.head_nl, 30 * ML - rig.head_nl
        copy = Rig()
        copy.journal = rig.journal
        copy.boot()
        assert true_nl - 1 <= copy.counted_nl <= true_nl + 10_000 + STEP_NL
        assert remaining_nl - 10_000 - STEP_NL <= copy.readings.remaining_nl <= remaining_nl + 1


def test_at_an_implanted_pump_s_flow_the_journal_is_written_every_eight_seconds():
    rig = Rig()
    rig.fill()
    rig.start(segment(rate=50_000, duration=10_000))
    rig.run(60)
    before = rig.journal.puts
    rig.run(400)
    assert rig.journal.puts - before == pytest.approx(51, abs=3)


def test_a_run_that_was_interrupted_waits_for_a_decision():
    rig = Rig()
    rig.fill()
    digest = rig.start(segment(rate=5 * ML, duration=100))
    rig.run(20)
    rig.boot()
    assert rig.events.of(EVENT_INTERRUPTED)[0][0] == 1
    rig.run(10)
    assert (rig.readings.state, rig.board.stepper.made) == (INTERRUPTED, 0)
    with pytest.raises(Refused) as refused:
        rig.pump.start(digest, 1, 0)
    assert (refused.value.code, refused.value.value) == (REFUSED_ALARM, RESET_IN_RUN)
    rig.stop()
    assert rig.readings.state == STOPPED
    rig.run(0.1)
    rig.boot()
    assert rig.readings.state == STOPPED
    assert rig.has_alarm(RESET_IN_RUN)


def test_a_bolus_that_was_cut_off_is_not_given_again():
    rig = Rig()
    rig.fill()
    rig.start(segment(rate=ML, duration=60))
    rig.run(5)
    rig.pump.bolus(0, 100_000, 60 * ML)
    rig.run(2)
    assert rig.readings.state == BOLUS
    first_nl = rig.head_nl
    rig.boot()
    rig.pump.acknowledge(RESET_IN_RUN)
    rig.resume()
    rig.run_until(FINISHED, 100)
    assert rig.head_nl <= ML / 60 * 55 / 60 + STEP_NL
    assert first_nl + rig.head_nl < ML / 60 + 50_000


def test_what_was_set_is_there_again_after_a_cut():
    rig = Rig()
    rig.pump.set_reservoir([1, 30 * ML, 25 * ML, 3 * ML, ML, 6_460_000, b"water".ljust(24, b"\0")])
    rig.pump.refill(1, 24 * ML, 29 * ML)
    rig.pump.calibration.fit_tube(7)
    values = [7, 1, 2, 1_020_000, -300, 1, *[0] * 8, 51_000_000, *[0] * 7, 0, 0, 0, 1, *[1000] * 180]
    rig.pump.calibration.set(values)
    digest = rig.commit(segment(rate=ML, duration=10, reservoir=1), keep_open=5_000, repeat=3)
    rig.boot()
    assert rig.pump.get_reservoir(1)[:6] == [1, 30 * ML, 29 * ML, 3 * ML, ML, 6_460_000]
    assert rig.pump.get_reservoir(1)[7:] == [1, 24 * ML, 25 * ML]
    assert rig.pump.calibration.get() == values
    assert rig.pump.programs.get(1) == (digest, [bytes(24), 0, 0, 5_000, 3, 1])
    assert rig.pump.programs.get_segment(1, 0) == [0, 0, 1, ML, 0, 0, 10]


def test_a_refill_counts_though_the_power_is_cut_right_after_it():
    rig = Rig()
    rig.fill(contents=5 * ML)
    rig.run(1)
    rig.pump.refill(0, 5 * ML, 30 * ML)
    rig.boot()
    assert rig.pump.get_reservoir(0)[2] == 30 * ML


def test_the_hour_is_not_forgotten_by_a_cut():
    rig = Rig()
    rig.fill()
    rig.start(segment(rate=60 * ML, volume=ML))
    rig.run_until(FINISHED, 100)
    rig.tick()
    rig.boot()
    assert rig.readings.hour_nl == pytest.approx(ML, abs=STEP_NL)


def test_a_journal_that_cannot_be_written_keeps_the_head_still():
    rig = Rig()
    rig.fill()
    digest = rig.commit(segment(rate=60 * ML, duration=100))
    rig.journal.broken = True
    with pytest.raises(Refused) as refused:
        rig.pump.start(digest, 0, 0)
    assert refused.value.code == REFUSED_BUSY
    rig.run(1)
    assert rig.board.stepper.made == 0


def test_a_journal_that_fails_in_mid_run_stops_the_head_within_what_was_authorised_and_raises_the_alarm():
    rig = Rig()
    rig.fill()
    rig.start(segment(rate=60 * ML, duration=100))
    rig.run(2)
    rig.journal.broken = True
    before = rig.head_nl
    rig.run(5)
    assert rig.head_nl - before <= 10_000
    assert rig.has_alarm(MEMORY_FAULT)
