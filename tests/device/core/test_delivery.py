"""What is delivered: exact integrals, ends on a microstep, boluses on top, holds and stops."""

import pytest
from core_rig import HOUR, ML, NO_FLOW_SENSOR, STEP_NL, Rig, segment
from hypothesis import given, settings
from hypothesis import strategies as st
from into_states import INTO, into_paused, into_running

from pumpfw.delivery import STATE_BITS, TURNS
from pumplink.states import (
    BOLUS,
    CONSTANT,
    EVENT_BOLUS_ENDED,
    EVENT_MOVE_ENDED,
    EVENT_SEGMENT,
    FINISHED,
    PAUSED,
    PRIME,
    RAMP,
    RUNNING,
    SEGMENT_BOLUS,
    SEGMENT_KEEP_OPEN,
    STOPPED,
)
from pumplink.states import PAUSE as PAUSE_SEGMENT


@pytest.fixture
def rig():
    rig = Rig(capabilities=NO_FLOW_SENSOR)
    rig.fill()
    return rig


@pytest.mark.parametrize("rate", [50_000, 777_777, 10 * ML, 60 * ML])
def test_a_segment_by_time_delivers_rate_times_time_to_a_microstep_and_never_more(rig, rate):
    rig.start(segment(rate=rate, duration=300))
    rig.run_until(FINISHED, 310)
    assert rig.commanded_nl == rate * 300 // 3600
    assert -2 * STEP_NL < rig.counted_nl - rig.commanded_nl <= 0
    assert abs(rig.head_nl - rig.counted_nl) < 1.01


@pytest.mark.parametrize("tick_hz", [10, 100])
def test_at_any_tick_the_fastest_segment_leaves_nothing_for_a_slow_one_after_it(tick_hz):
    rig = Rig({"tick_hz": tick_hz}, NO_FLOW_SENSOR)
    rig.fill()
    rig.start(segment(rate=120 * ML, duration=20), segment(rate=ML, duration=60))
    began_us = rig.board.now_us
    rig.run(20.2)
    assert 20 / 3600 * 120 * ML - 8 * STEP_NL < rig.head_nl < 20 / 3600 * 120 * ML + 200
    rig.run_until(FINISHED, 62)
    assert rig.board.now_us - began_us < 80_300_000
    assert rig.commanded_nl - 2 * STEP_NL < rig.head_nl <= rig.commanded_nl


@pytest.mark.parametrize("volume", [1, 10_000, 123_456, ML])
def test_a_segment_by_volume_ends_on_its_volume_to_a_microstep(rig, volume):
    rig.start(segment(rate=50 * ML, volume=volume))
    rig.run_until(FINISHED, 200)
    assert rig.commanded_nl == volume
    assert volume - STEP_NL < rig.head_nl <= volume


def test_repeats_of_a_volume_that_is_no_whole_number_of_steps_do_not_drift(rig):
    rig.start(segment(rate=60 * ML, volume=1_003), segment(rate=60 * ML, duration=1), repeat=100)
    rig.run_until(FINISHED, 400)
    total = 100 * 1_003 + 100 * 60 * ML // 3600
    assert abs(rig.commanded_nl - total) <= 1
    assert total - 3 * STEP_NL < rig.head_nl <= total


def test_a_ramp_delivers_its_integral_and_never_overshoots(rig):
    rig.start(segment(RAMP, rate=0, to_rate=20 * ML, duration=101))
    program = rig.pump.programs.committed
    assert program.volume_nl == 20 * ML * 101 // 7200
    while rig.readings.state == RUNNING:
        rig.tick()
        assert rig.head_nl <= rig.commanded_nl + 20 * ML // 3600 + STEP_NL
    assert rig.commanded_nl == program.volume_nl
    assert program.volume_nl - 3 * STEP_NL < rig.head_nl <= program.volume_nl


@pytest.mark.parametrize(
    "last",
    [
        segment(RAMP, rate=63_200, to_rate=86_600, duration=498),
        segment(RAMP, rate=500_000, to_rate=0, duration=498),
        segment(rate=90_000, duration=61),
    ],
)
def test_a_program_that_ends_with_a_pause_has_delivered_all_but_a_microstep(rig, last):
    rig.start(segment(rate=50_000, duration=100), last, segment(PAUSE_SEGMENT, duration=20))
    total = rig.pump.programs.committed.volume_nl
    rig.run_until(FINISHED, 640)
    assert total - STEP_NL - 1 <= rig.counted_nl <= total


def test_a_ramp_by_volume_ends_on_its_volume(rig):
    rig.start(segment(RAMP, rate=40 * ML, to_rate=ML, volume=100_000))
    rig.run_until(FINISHED, 100)
    assert 100_000 - STEP_NL < rig.head_nl <= 100_000


SEGMENTS = st.one_of(
    st.builds(segment, st.just(CONSTANT), st.integers(200, 60 * ML), duration=st.integers(1, 20)),
    st.builds(segment, st.just(CONSTANT), st.integers(ML, 60 * ML), volume=st.integers(1, 5_000)),
    st.builds(segment, st.just(SEGMENT_BOLUS), st.integers(ML, 60 * ML), volume=st.integers(1, 5_000)),
    st.builds(
        segment,
        st.just(RAMP),
        st.integers(0, 60 * ML),
        st.integers(200, 60 * ML),
        duration=st.integers(1, 20),
    ),
    st.builds(segment, st.just(PAUSE_SEGMENT), duration=st.integers(1, 5)),
    st.builds(segment, st.just(SEGMENT_KEEP_OPEN), duration=st.integers(1, 10)),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(SEGMENTS, min_size=1, max_size=5), st.integers(1, 2), st.integers(3_000, 97_000))
def test_any_program_commands_its_volume_and_delivers_no_more_whatever_the_tick(segments, repeat, tick_us):
    rig = Rig({"tick_hz": max(1_000_000 // tick_us, 100)}, NO_FLOW_SENSOR)
    rig.fill()
    rig.start(*segments, repeat=repeat, keep_open=100_000)
    while rig.readings.state == RUNNING:
        rig.tick(tick_us)
        assert rig.head_nl <= rig.pump.programs.committed.volume_nl
    assert rig.readings.state == FINISHED
    assert rig.readings.alarms_latched & ~(1 << 17) == 0  # late ticks
    assert abs(rig.commanded_nl - rig.pump.programs.committed.volume_nl) <= len(segments) * repeat
    assert rig.commanded_nl <= rig.pump.programs.committed.volume_nl


def test_days_at_an_implanted_pump_s_flow_do_not_drift():
    rig = Rig({"tick_hz": 10})
    rig.fill()
    rig.start(segment(rate=50_000, duration=6 * HOUR))
    for _ in range(6 * HOUR * 10):
        rig.tick()
        if rig.readings.state == FINISHED:
            break
    assert 300_000 - 2 * STEP_NL < rig.head_nl <= 300_000


def test_segments_are_told_as_they_begin(rig):
    rig.start(segment(rate=ML, duration=1), segment(PAUSE_SEGMENT, duration=1), repeat=2)
    rig.run_until(FINISHED, 10)
    assert rig.events.of(EVENT_SEGMENT) == [(0, 0), (1, 0), (0, 1), (1, 1)]


# --- bolus ---


def test_a_bolus_on_top_delivers_both_and_the_program_keeps_its_time(rig):
    rig.start(segment(rate=ML, duration=60))
    rig.run(10)
    rig.pump.bolus(0, 50_000, 30 * ML)
    assert rig.readings.state == BOLUS
    rig.run_until(RUNNING, 20)
    rig.run_until(FINISHED, 60)
    assert rig.readings.now_lo == pytest.approx(60_000_000, abs=50_000)
    total = ML // 60 + 50_000
    assert total - 3 * STEP_NL < rig.head_nl <= total + STEP_NL
    assert rig.events.of(EVENT_BOLUS_ENDED)[0] == (pytest.approx(50_000, abs=STEP_NL), 1)


def test_a_bolus_alone_ends_on_its_volume_and_is_a_run_of_its_own(rig):
    rig.pump.bolus(0, 123_457, 60 * ML)
    rig.run_until(FINISHED, 60)
    assert 123_457 - STEP_NL < rig.head_nl <= 123_457
    assert rig.readings.run == 1
    assert rig.events.of(EVENT_BOLUS_ENDED)[0][1] == 1


def test_a_bolus_is_dropped_by_a_pause_and_not_made_up(rig):
    rig.start(segment(rate=ML, duration=60))
    rig.run(10)
    rig.pump.bolus(0, 50_000, 10 * ML)
    rig.run(5)
    rig.pump.pause()
    given_nl = rig.events.of(EVENT_BOLUS_ENDED)[0][0]
    rig.run(30)
    rig.resume()
    rig.run_until(FINISHED, 60)
    assert given_nl < 20_000
    assert rig.head_nl == pytest.approx(ML // 60 + given_nl, abs=3 * STEP_NL)


# --- holds and stops ---


def test_a_pause_holds_the_program_s_clock(rig):
    rig.start(segment(rate=10 * ML, duration=60))
    rig.run(20)
    rig.pump.pause()
    delivered = rig.head_nl
    rig.run(100)
    assert (rig.readings.state, rig.head_nl, rig.board.stepper.enabled) == (PAUSED, delivered, False)
    rig.resume()
    rig.run_until(FINISHED, 60)
    total = 10 * ML // 60
    assert total - 2 * STEP_NL < rig.head_nl <= total


@pytest.mark.parametrize("number", range(10))
def test_stop_cuts_the_motor_at_once_in_every_state(number):
    rig = Rig()
    rig.fill()
    INTO[number](rig)
    assert rig.readings.state == number
    made = rig.board.stepper.made
    rig.stop()
    stepper = rig.board.stepper
    assert (rig.readings.state, stepper.enabled, stepper.interval, stepper.permitted) == (
        STOPPED,
        False,
        0,
        0,
    )
    rig.run(5)
    assert (rig.readings.state, stepper.made) == (STOPPED, made)


def test_what_was_stepped_until_a_stop_is_counted(rig):
    into_running(rig)
    rig.board.now_us += 7_000
    rig.stop()
    assert abs(rig.head_nl - rig.counted_nl) < 1.01


def test_a_keep_open_state_runs_the_program_at_the_lower_of_both_rates(rig):
    rig.start(
        segment(rate=10 * ML, duration=60),
        segment(rate=100_000, duration=60),
        segment(PAUSE_SEGMENT, duration=60),
        keep_open=ML,
    )
    rig.run(10)
    rig.core.delivery.keep_open()
    before = rig.head_nl
    rig.run(50)
    assert rig.readings.set_nl_h in (ML, 100_000)
    assert rig.head_nl - before == pytest.approx(ML * 50 / 3600, abs=3 * STEP_NL)
    rig.run(30)
    assert rig.readings.set_nl_h == 100_000
    rig.run(60)
    assert rig.readings.set_nl_h == 0
    rig.run_until(FINISHED, 60)


def test_a_move_moves_its_volume_counts_for_no_run_and_goes_back_to_the_state_before(rig):
    into_paused(rig)
    counted, before = rig.counted_nl, rig.head_nl
    remaining = rig.readings.remaining_nl
    rig.pump.move(PRIME, 0, 200_000, 100 * ML)
    rig.run_until(PAUSED, 30)
    assert 200_000 - STEP_NL <= rig.head_nl - before <= 200_000
    assert rig.counted_nl == counted
    assert remaining - rig.readings.remaining_nl == pytest.approx(200_000, abs=STEP_NL + 1)
    assert rig.events.of(EVENT_MOVE_ENDED)[0] == (PRIME, pytest.approx(200_000, abs=STEP_NL + 1))


def test_late_ticks_are_counted_and_cost_no_volume(rig):
    rig.start(segment(rate=10 * ML, duration=60))
    while rig.readings.state == RUNNING:
        rig.tick(37_000)
    assert rig.readings.late_ticks > 1000
    assert 10 * ML // 60 - 3 * STEP_NL < rig.head_nl <= 10 * ML // 60


def test_a_loop_that_hangs_delivers_no_more_than_the_permitted_steps(rig):
    rig.start(segment(rate=60 * ML, duration=60))
    rig.run(1)
    before = rig.head_nl
    rig.board.now_us += 1_500_000
    assert not next(rig.core.ticks)
    assert rig.head_nl - before <= 60 * ML / 3600 * 0.12


def test_the_program_draws_from_the_reservoir_that_a_segment_names(rig):
    rig.fill(2)
    rig.start(segment(rate=60 * ML, volume=50_000), segment(rate=60 * ML, volume=100_000, reservoir=2))
    rig.run_until(FINISHED, 30)
    assert rig.board.valve == 2
    assert rig.pump.get_reservoir(0)[2] == pytest.approx(30 * ML - 50_000, abs=STEP_NL)
    assert rig.pump.get_reservoir(2)[2] == pytest.approx(30 * ML - 100_000, abs=STEP_NL)


def test_boot_is_stopped_with_the_driver_off():
    rig = Rig()
    assert not STATE_BITS[rig.readings.state] & TURNS
    assert not rig.board.stepper.enabled
