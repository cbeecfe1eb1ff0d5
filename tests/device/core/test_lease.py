"""The lease of an attended program: what happens when it lapses, and when it is renewed."""

import pytest
from alarm_steps import only, running
from core_rig import ML, segment

from pumpfw.errors import Refused
from pumplink.alarms import LINK_LOST
from pumplink.states import (
    ALARM_STOP,
    ATTENDED,
    EVENT_RUN_STOPPED,
    KEEP_OPEN,
    LINK_LOST_STOP,
    REFUSED_RANGE,
    RUNNING,
    STOPPED_BY_LINK_LOSS,
)


def test_an_attended_program_needs_a_lease(rig):
    digest = rig.commit(segment(rate=ML, duration=100), mode=ATTENDED)
    with pytest.raises(Refused) as refused:
        rig.pump.start(digest, 0, 0)
    assert (refused.value.code, refused.value.field) == (REFUSED_RANGE, 2)


def test_a_lease_that_lapses_holds_to_keep_open_until_it_is_renewed(rig):
    running(rig, mode=ATTENDED, lease=10)
    rig.pump.renew_lease(10)
    rig.run(8)
    assert rig.readings.state == RUNNING
    rig.run(5)
    assert rig.readings.state == KEEP_OPEN
    assert only(rig, LINK_LOST)
    rig.pump.renew_lease(10)
    assert rig.readings.state == RUNNING
    rig.tick()
    assert rig.readings.set_nl_h == 10 * ML
    assert only(rig, LINK_LOST)


def test_a_lease_lapses_also_where_ticks_come_so_late_that_each_second_has_too_few(rig):
    running(rig, mode=ATTENDED, lease=10)
    rig.run(15, us=90_000)
    assert rig.readings.state == KEEP_OPEN
    assert rig.has_alarm(LINK_LOST)


def test_a_lease_that_lapses_stops_where_the_program_says_so(rig):
    running(rig, mode=ATTENDED, lost=LINK_LOST_STOP, lease=10)
    rig.run(10)
    assert rig.readings.state == ALARM_STOP
    assert rig.events.of(EVENT_RUN_STOPPED)[0][0] == STOPPED_BY_LINK_LOSS
    rig.resume(lease=10)
    assert rig.readings.state == RUNNING


def test_an_autonomous_program_needs_nobody(rig):
    running(rig)
    rig.pump.link_alive(False)
    rig.run(200)
    assert rig.readings.state == RUNNING
    assert only(rig)
