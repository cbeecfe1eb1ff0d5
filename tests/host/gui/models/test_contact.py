"""Whether what is shown is how it is, or how it was."""

from tests.host.gui.models.pumps import NOON_S, snapshot

from pumpbench.gui.board_link import CONNECTED, CONNECTING, LOST, NONE
from pumpbench.gui.models.contact import contact_of
from pumpbench.gui.models.notices import notices
from pumplink.alarms import HIGH, LOW, MEDIUM


def test_what_was_just_seen_is_current() -> None:
    contact = contact_of(CONNECTED, "", snapshot(), NOON_S + 0.5)
    assert (contact.known, contact.current) == (True, True)


def test_after_a_machine_slept_for_an_hour_nothing_is_current_although_the_link_seems_up() -> None:
    contact = contact_of(CONNECTED, "", snapshot(), NOON_S + 3600)
    assert (contact.known, contact.current) == (True, False)
    (line,) = notices(contact, snapshot(), "")
    assert contact.as_of in line.sentence
    assert "alarms are not known" in line.sentence


def test_a_wall_clock_that_was_set_back_is_not_believed() -> None:
    assert not contact_of(CONNECTED, "", snapshot(), NOON_S - 3600).current


def test_a_lost_link_makes_the_last_look_the_past_at_once() -> None:
    assert not contact_of(LOST, "the cable", snapshot(), NOON_S + 0.1).current


def test_the_day_is_told_when_it_is_not_today() -> None:
    assert len(contact_of(LOST, "", snapshot(), NOON_S + 60).as_of) == len("12:00:00")
    assert "20" in contact_of(LOST, "", snapshot(), NOON_S + 86_400).as_of.split()[1]


def test_before_anything_is_known_there_is_nothing_to_say() -> None:
    for phase in (NONE, CONNECTING):
        contact = contact_of(phase, "", None, NOON_S)
        assert not contact.known
        assert notices(contact, None, "") == []


def test_a_pump_that_moved_when_it_was_last_heard_is_more_urgent_than_one_that_stood() -> None:
    contact = contact_of(LOST, "", snapshot(), NOON_S + 9)
    assert notices(contact, snapshot("running"), "")[0].priority == MEDIUM
    assert notices(contact, snapshot("stopped"), "")[0].priority == LOW


def test_a_stop_without_an_answer_is_of_high_priority_and_says_what_to_do() -> None:
    contact = contact_of(CONNECTED, "", snapshot(), NOON_S)
    (line,) = notices(contact, snapshot(), "the pump did not answer stop in time")
    assert line.priority == HIGH
    assert "may still be running: use its stop input or its power" in line.sentence


def test_a_database_that_cannot_be_written_is_told_where_alarms_are() -> None:
    contact = contact_of(CONNECTED, "", snapshot(), NOON_S)
    (line,) = notices(contact, snapshot(problem="the disk is full"), "")
    assert line.sentence.startswith("The disk is full. ")
