"""What the pump refuses, and that it changes nothing then."""

import struct
from hashlib import sha256

import pytest
from core_rig import ML, Rig, segment

from pumpfw.errors import Refused
from pumplink.states import (
    CONSTANT,
    PAUSE,
    PRIME,
    RAMP,
    REFUSED_DIGEST,
    REFUSED_INCOMPLETE,
    REFUSED_LIMIT,
    REFUSED_NOTHING,
    REFUSED_RANGE,
    REFUSED_STATE,
    REFUSED_VOLUME,
    RUNNING,
    SEGMENT_BOLUS,
    STOPPED,
)


def refusal(action, *arguments):
    with pytest.raises(Refused) as refused:
        action(*arguments)
    return refused.value


def begin(rig, segments=1, keep_open=0, repeat=1):
    rig.pump.programs.begin([b"x".ljust(24, b"\0"), 0, 0, keep_open, repeat, segments])


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        (segment(CONSTANT, rate=121 * ML, duration=1), REFUSED_LIMIT, 3),
        (segment(CONSTANT, rate=5, duration=1), REFUSED_LIMIT, 3),
        (segment(CONSTANT, rate=ML), REFUSED_RANGE, 6),
        (segment(CONSTANT, rate=ML, volume=5, duration=5), REFUSED_RANGE, 5),
        (segment(CONSTANT, rate=100 * ML, duration=100_000), REFUSED_LIMIT, 6),
        (segment(SEGMENT_BOLUS, rate=ML, volume=6 * ML), REFUSED_LIMIT, 5),
        (segment(SEGMENT_BOLUS, rate=ML, duration=6), REFUSED_RANGE, 5),
        (segment(PAUSE, volume=6), REFUSED_RANGE, 5),
        (segment(RAMP, rate=0, to_rate=0, duration=6), REFUSED_LIMIT, 3),
        (segment(RAMP, rate=ML, to_rate=200 * ML, duration=6), REFUSED_LIMIT, 4),
        (segment(RAMP, rate=ML, to_rate=0, volume=6), REFUSED_LIMIT, 4),
        (segment(CONSTANT, rate=ML, duration=1, reservoir=4), REFUSED_RANGE, 2),
    ],
)
def test_a_segment_that_cannot_be_is_refused_by_its_field(rig, values, code, field):
    begin(rig)
    refused = refusal(rig.pump.programs.add_segment, [0, *values])
    assert (refused.code, refused.field) == (code, field)
    assert refused.minimum <= refused.maximum
    assert refusal(rig.pump.programs.stage).code == REFUSED_INCOMPLETE


def test_a_program_with_a_segment_missing_is_not_staged(rig):
    begin(rig, 3)
    rig.pump.programs.add_segment([0, *segment(rate=ML, duration=1)])
    rig.pump.programs.add_segment([2, *segment(rate=ML, duration=1)])
    refused = refusal(rig.pump.programs.stage)
    assert (refused.code, refused.field) == (REFUSED_INCOMPLETE, 1)


def test_the_digest_is_of_the_packed_program(rig):
    begin(rig, keep_open=5_000, repeat=2)
    rig.pump.programs.add_segment([0, *segment(RAMP, rate=ML, to_rate=2 * ML, duration=3600)])
    packed = struct.pack("<24sBBiHB", b"x", 0, 0, 5_000, 2, 1) + struct.pack(
        "<BBBiiII", 0, RAMP, 0, ML, 2 * ML, 0, 3600
    )
    assert rig.pump.programs.stage() == (sha256(packed).digest()[:8], 3 * ML, 7200, 2 * ML)


def test_only_what_was_staged_whole_is_committed_and_only_what_is_committed_is_run(rig):
    begin(rig)
    assert refusal(rig.pump.programs.commit, bytes(8)).code == REFUSED_DIGEST
    rig.pump.programs.add_segment([0, *segment(rate=ML, duration=1)])
    digest = rig.pump.programs.stage()[0]
    assert refusal(rig.pump.start, digest, 0, 0).code == REFUSED_NOTHING
    assert refusal(rig.pump.programs.commit, b"\1" * 8).code == REFUSED_DIGEST
    rig.pump.programs.commit(digest)
    begin(rig)
    assert rig.pump.programs.get(1)[0] == digest
    assert refusal(rig.pump.start, b"\1" * 8, 0, 0).code == REFUSED_DIGEST
    rig.pump.start(digest, 0, 0)
    assert rig.readings.state == RUNNING


def test_a_run_is_not_begun_twice_and_nothing_is_committed_while_it_is_open(rig):
    digest = rig.start(segment(rate=ML, duration=100))
    assert refusal(rig.pump.start, digest, 0, 0).code == REFUSED_STATE
    assert refusal(rig.pump.start, digest, 1, 0).code == REFUSED_STATE
    assert refusal(rig.commit, segment(rate=ML, duration=100)).code == REFUSED_STATE
    rig.pump.pause()
    assert refusal(rig.pump.start, digest, 0, 0).code == REFUSED_STATE
    assert refusal(rig.pump.pause).code == REFUSED_STATE
    assert refusal(rig.pump.calibration.fit_tube, 3).code == REFUSED_STATE


def test_there_is_nothing_to_go_on_with_when_stopped(rig):
    digest = rig.start(segment(rate=ML, duration=100))
    rig.stop()
    assert refusal(rig.pump.start, digest, 1, 0).code == REFUSED_STATE


def test_a_program_does_not_start_where_any_of_its_reservoirs_was_never_set():
    rig = Rig()
    rig.fill(1)
    for reservoir, other in ((0, 1), (1, 0)):
        digest = rig.commit(
            segment(rate=ML, duration=100, reservoir=reservoir),
            segment(rate=ML, duration=100, reservoir=other),
        )
        assert refusal(rig.pump.start, digest, 0, 0).code == REFUSED_VOLUME
        assert rig.readings.state == STOPPED


def test_a_pause_draws_from_no_reservoir():
    rig = Rig()
    rig.fill(1)
    rig.start(segment(PAUSE, duration=100), segment(rate=ML, duration=100, reservoir=1))
    assert rig.readings.state == RUNNING


def test_a_bolus_from_a_reservoir_that_was_never_set_is_refused():
    rig = Rig()
    assert refusal(rig.pump.bolus, 0, 1000, 60 * ML).code == REFUSED_NOTHING
    rig.fill(0)
    assert refusal(rig.pump.bolus, 1, 1000, 60 * ML).code == REFUSED_NOTHING
    assert rig.readings.state == STOPPED


@pytest.mark.parametrize(
    ("volume", "rate", "code", "field"),
    [
        (6 * ML, 60 * ML, REFUSED_LIMIT, 1),
        (ML, 121 * ML, REFUSED_LIMIT, 2),
        (3 * ML, 60 * ML, REFUSED_VOLUME, 1),
    ],
)
def test_a_bolus_beyond_the_limits_or_the_reservoir_is_refused(rig, volume, rate, code, field):
    rig.fill(contents=2 * ML, low=0)
    refused = refusal(rig.pump.bolus, 0, volume, rate)
    assert (refused.code, refused.field, refused.value) == (code, field, volume if field == 1 else rate)
    assert rig.readings.state == STOPPED


def test_a_bolus_on_top_may_not_pass_the_highest_flow(rig):
    rig.start(segment(rate=60 * ML, duration=100))
    rig.tick()
    assert refusal(rig.pump.bolus, 0, ML, 61 * ML).code == REFUSED_LIMIT
    rig.pump.bolus(0, ML, 60 * ML)
    rig.run(1)
    assert rig.readings.set_nl_h == 120 * ML


def test_a_bolus_that_the_hour_has_no_room_for_is_refused():
    rig = Rig({"max_hour_nl": ML})
    rig.fill()
    refused = refusal(rig.pump.bolus, 0, ML + 1, 60 * ML)
    assert (refused.code, refused.maximum) == (REFUSED_LIMIT, ML)


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ((3, 0, ML, ML), REFUSED_RANGE, 0),
        ((PRIME, 4, ML, ML), REFUSED_RANGE, 1),
        ((PRIME, 0, 11 * ML, ML), REFUSED_LIMIT, 2),
        ((PRIME, 0, ML, 121 * ML), REFUSED_LIMIT, 3),
    ],
)
def test_a_move_beyond_its_limits_is_refused(rig, arguments, code, field):
    refused = refusal(rig.pump.move, *arguments)
    assert (refused.code, refused.field) == (code, field)


def test_a_move_is_refused_while_the_head_turns(rig):
    rig.start(segment(rate=ML, duration=100))
    assert refusal(rig.pump.move, PRIME, 0, ML, ML).code == REFUSED_STATE


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ([4, ML, 0, 0, 0, 0, bytes(24)], REFUSED_RANGE, 0),
        ([0, ML, 2 * ML, 0, 0, 0, bytes(24)], REFUSED_VOLUME, 2),
        ([0, ML, ML, 2 * ML, 0, 0, bytes(24)], REFUSED_RANGE, 3),
        ([0, ML, ML, 10, 20, 0, bytes(24)], REFUSED_RANGE, 4),
    ],
)
def test_a_reservoir_that_cannot_be_is_refused_and_the_old_one_stays(rig, values, code, field):
    before = [rig.pump.get_reservoir(index) for index in range(4)]
    refused = refusal(rig.pump.set_reservoir, values)
    assert (refused.code, refused.field) == (code, field)
    assert [rig.pump.get_reservoir(index) for index in range(4)] == before


def test_the_reservoir_in_use_is_refilled_but_not_set_anew(rig):
    rig.start(segment(rate=ML, duration=100))
    assert refusal(rig.fill, 0).code == REFUSED_STATE
    rig.pump.refill(0, 29 * ML, 30 * ML)
    assert refusal(rig.pump.refill, 0, 0, 31 * ML).code == REFUSED_VOLUME
    assert refusal(rig.pump.refill, 1, 0, ML).code == REFUSED_NOTHING


def test_a_journal_that_fails_leaves_the_reservoir_as_it_was(rig):
    before = rig.pump.get_reservoir(0)
    rig.journal.broken = True
    refusal(rig.pump.refill, 0, 1, 2)
    assert rig.pump.get_reservoir(0) == before


@pytest.mark.parametrize(
    ("index", "value", "field"),
    [(14, 1_000, 14), (7, 0, 7), (26, -500, 26)],
)
def test_a_calibration_that_cannot_be_is_refused_by_its_field(rig, index, value, field):
    values = [0, 1, 0, ML, 0, 2, 0, 100, *[0] * 6, 50_000_000, 50_000_000, *[0] * 6, 0, 0, 0, 1, *[50] * 180]
    if index != 26:
        values[26:] = [1000] * 180
    values[index] = value
    refused = refusal(rig.pump.calibration.set, values)
    assert (refused.code, refused.field) == (REFUSED_RANGE, field)
    assert not rig.pump.calibration.valid


def test_a_calibration_of_another_tube_set_does_not_count(rig):
    values = [5, 1, 0, ML, 0, 1, *[0] * 8, 40_000_000, *[0] * 7, 0, 0, 0, 0, *[1000] * 180]
    rig.pump.calibration.set(values)
    assert not rig.pump.calibration.valid
    rig.pump.calibration.fit_tube(5)
    assert rig.pump.calibration.valid
    assert rig.readings.stroke_pl == 40_000_000
    rig.pump.calibration.fit_tube(6)
    assert not rig.pump.calibration.valid
    assert rig.readings.stroke_pl == 50_000_000
