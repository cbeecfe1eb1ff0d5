"""What the page Overview shows."""

import time
from dataclasses import replace

import pytest
from tests.host.gui.models.pumps import INFO, NEWEST, NOON_S, PROGRAM, RESERVOIR, snapshot

from pumpbench.client import Program, Segment
from pumpbench.conduct.snapshot import RunNow
from pumpbench.gui.models.contact import date_text
from pumpbench.gui.models.overview import NOTHING, overview_of
from pumpbench.gui.models.pace import Pace


def test_the_three_flows_are_three_figures() -> None:
    shown = overview_of(snapshot(), NEWEST, 1.0)
    assert (shown.set_flow, shown.commanded, shown.measured) == ("5 mL/h", "5.01 mL/h", "4.99 mL/h")


def test_the_three_flows_are_in_one_unit() -> None:
    slow = replace(NEWEST, set_nl_h=500_000, flow_nl_h=499_000, measured_nl_h=277_000)
    shown = overview_of(snapshot(), slow, 1.0)
    assert (shown.set_flow, shown.commanded, shown.measured) == ("0.5 mL/h", "0.499 mL/h", "0.277 mL/h")


@pytest.mark.parametrize(("flags", "note"), [(0, "not trusted"), (1 | 2, "sees air"), (2, "sees air")])
def test_a_reading_that_is_worth_nothing_is_not_shown(flags: int, note: str) -> None:
    shown = overview_of(snapshot(), replace(NEWEST, flags=flags), 1.0)
    assert shown.measured == NOTHING
    assert note in shown.measured_note


def test_without_a_sensor_nothing_is_measured() -> None:
    shown = overview_of(snapshot(info=replace(INFO, capabilities=())), NEWEST, 1.0)
    assert (shown.measured, shown.measured_note) == (NOTHING, "no flow sensor fitted")


def test_delivered_requested_and_left_belong_together() -> None:
    shown = overview_of(snapshot(), NEWEST, 1.0)
    assert (shown.delivered, shown.requested, shown.left) == ("10 mL", "30 mL", "20 mL")
    assert shown.fraction == pytest.approx(1 / 3)


def test_the_end_is_told_by_the_pumps_clock_and_the_walls() -> None:
    shown = overview_of(snapshot(), NEWEST, 1.0)
    following, end, empty = shown.moments
    assert following.clock == "none, this is the last"
    assert (end.clock, end.date) == ("04:00:00", date_text(NOON_S + 4 * 3600))
    assert empty.clock == "not before the end"


def test_a_virtual_boards_hours_are_the_walls_minutes() -> None:
    end = overview_of(snapshot(), NEWEST, 60.0).moments[1]
    assert (end.clock, end.date) == ("04:00:00", date_text(NOON_S + 4 * 60))


def test_a_reservoir_that_holds_too_little_says_when_it_is_empty() -> None:
    status = replace(snapshot().status, remaining_nl=5_000_000)
    few = replace(RESERVOIR, contents_nl=5_000_000)
    empty = overview_of(snapshot(status=status, reservoirs=(few,)), NEWEST, 1.0).moments[2]
    assert empty.clock == "01:00:00"


def test_what_is_held_has_no_end() -> None:
    assert [moment.clock for moment in overview_of(snapshot("paused"), NEWEST, 1.0).moments] == ["held"] * 3


def test_gauges_show_their_marks() -> None:
    levels = []
    for contents_nl in (20_000_000, 3_000_000, 500_000):
        one = replace(RESERVOIR, contents_nl=contents_nl, empty_at_nl=500_000)
        levels.append(overview_of(snapshot(reservoirs=(one,)), None, 1.0).gauges[0].level)
    assert levels == ["ok", "low", "empty"]


@pytest.mark.parametrize(
    ("state", "program", "words"),
    [
        ("stopped", PROGRAM, "Nothing: the pump stands."),
        ("moving", PROGRAM, "ends by itself"),
        ("running", PROGRAM, "goes on by itself to the end"),
        (
            "running",
            replace(PROGRAM, mode="attended", on_link_lost="stop"),
            "30 s without this computer the pump stops",
        ),
        ("running", replace(PROGRAM, mode="attended", keep_open_nl_h=5000), "keep-open flow of 0.12 mL/day"),
    ],
)
def test_what_a_pulled_cable_does_is_told_in_a_sentence(state: str, program: Program, words: str) -> None:
    assert words in overview_of(snapshot(state, program=program), NEWEST, 1.0).cable


def test_a_bolus_alone_is_seen_to_its_end() -> None:
    watch = RunNow(2, "watching", True, 0, 0.0, 0)
    assert "delivered to its end" in overview_of(snapshot("bolus", run=watch), NEWEST, 1.0).cable


def test_the_segment_under_way_is_marked() -> None:
    ramp = Segment("ramp", 0, rate_nl_h=0, to_rate_nl_h=5_000_000, duration_s=3600)
    program = replace(PROGRAM, segments=(*PROGRAM.segments, ramp))
    first, second = overview_of(snapshot(program=program), NEWEST, 1.0).segments
    assert first.fraction == pytest.approx(1 / 3)
    assert (first.what, first.length) == ("5 mL/h", "30 mL (6 h)")
    assert (second.fraction, second.what, second.length) == (None, "0 nL/h → 5 mL/h", "60 min")


def test_firmware_that_does_not_fit_shows_its_status_alone() -> None:
    bare = snapshot(info=replace(INFO, fits=False), reservoirs=(), program=None, run=None, limits=None)
    shown = overview_of(bare, None, 1.0)
    assert (shown.delivered, shown.commanded, shown.set_flow) == ("10 mL", "5 mL/h", NOTHING)
    assert "Not known" in shown.cable


def test_the_pace_is_what_the_two_clocks_show() -> None:
    pace = Pace()
    pace.begin(60.0)
    simulated = replace(INFO, capabilities=("simulated",))
    for second in range(10):
        status = replace(snapshot().status, time_us=second * 30_000_000)
        pace.see(snapshot(info=simulated, status=status, seen_at_s=NOON_S + second))
        if second == 0:
            assert pace.speed == 60.0  # as wished for, until it is seen
    assert pace.speed == pytest.approx(30.0)


def test_a_real_pumps_pace_is_the_walls() -> None:
    pace = Pace()
    pace.begin(60.0)
    pace.see(snapshot())
    assert pace.speed == 1.0


def test_the_date_has_the_year_when_it_is_another() -> None:
    assert str(time.localtime().tm_year) not in date_text(time.time())
    assert "2001" in date_text(1_000_000_000)
