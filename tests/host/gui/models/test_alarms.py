"""Alarms after the manner of IEC 60601-1-8."""

import itertools

import pytest
from tests.host.gui.models.pumps import alarm

from pumpbench.gui.models.alarms import AlarmLine, Sounding, is_lit, lines_of, notice
from pumplink.alarm_table import ALARMS
from pumplink.alarms import HIGH, LOW, MEDIUM, NO_PRIORITY


def line(priority: int, *, latched: bool = True) -> AlarmLine:
    return AlarmLine(0, "some", priority, present=True, latched=latched, cause="why", remedy="do")


def test_the_most_urgent_is_first_and_what_is_acknowledged_is_behind() -> None:
    found = lines_of(
        [
            alarm("reservoir-low"),
            alarm("occlusion", latched=False),
            alarm("sensor-fault"),
            alarm("air-in-line"),
        ]
    )
    assert [one.name for one in found] == ["air-in-line", "occlusion", "sensor-fault", "reservoir-low"]


@pytest.mark.parametrize("name", [row[1] for row in ALARMS])
def test_every_alarm_says_why_and_what_to_do_in_a_sentence_each(name: str) -> None:
    (shown,) = lines_of([alarm(name)])
    why, _, remedy = shown.sentence.removesuffix(".").rpartition(". ")
    assert why[0].isupper()
    assert remedy[0].isupper()
    assert shown.mark == {HIGH: "!!!", MEDIUM: "!!", LOW: "!"}[shown.priority]


@pytest.mark.parametrize(("priority", "least_hz", "most_hz"), [(HIGH, 1.4, 2.8), (MEDIUM, 0.4, 0.8)])
def test_it_flashes_as_often_as_its_priority_wants(priority: int, least_hz: float, most_hz: float) -> None:
    lit = [is_lit(line(priority), millisecond / 1000) for millisecond in range(10_000)]
    flashes = sum(after and not before for before, after in itertools.pairwise(lit))
    assert least_hz <= flashes / 10 <= most_hz
    assert 0.2 <= sum(lit) / len(lit) <= 0.6  # the duty that the standard allows


def test_low_priority_and_what_is_acknowledged_do_not_flash() -> None:
    for shown in (line(LOW), line(HIGH, latched=False)):
        assert all(is_lit(shown, tenth / 10) for tenth in range(100))


def test_the_highest_that_waits_is_heard() -> None:
    sounding = Sounding()
    assert sounding.priority([line(LOW), line(MEDIUM), line(HIGH, latched=False)], 0.0) == MEDIUM
    assert sounding.priority([line(HIGH, latched=False)], 0.0) == NO_PRIORITY
    assert sounding.priority([], 0.0) == NO_PRIORITY


def test_silence_lasts_for_its_time() -> None:
    sounding, lines = Sounding(), [line(HIGH)]
    sounding.see(lines)
    sounding.silence(10.0, 120.0)
    assert sounding.priority(lines, 129.9) == NO_PRIORITY
    assert sounding.silent_s(100.0) == 30.0
    assert sounding.priority(lines, 130.1) == HIGH


def test_a_new_alarm_breaks_the_silence_and_an_old_one_does_not() -> None:
    sounding = Sounding()
    sounding.see(lines_of([alarm("occlusion")]))
    sounding.silence(0.0, 120.0)
    sounding.see(lines_of([alarm("occlusion", present=False)]))
    assert sounding.silent_s(1.0) > 0
    both = lines_of([alarm("occlusion"), alarm("reservoir-low")])
    sounding.see(both)
    assert sounding.priority(both, 1.0) == HIGH


def test_an_alarm_that_comes_again_after_it_was_acknowledged_is_a_new_one() -> None:
    sounding = Sounding()
    sounding.see(lines_of([alarm("occlusion")]))
    sounding.silence(0.0, 120.0)
    sounding.see(lines_of([alarm("occlusion", latched=False)]))
    assert sounding.silent_s(1.0) > 0
    sounding.see(lines_of([alarm("occlusion")]))
    assert sounding.silent_s(1.0) == 0


def test_what_the_window_itself_says_needs_no_acknowledgement() -> None:
    assert notice("no contact", MEDIUM, "why", "do").code is None
