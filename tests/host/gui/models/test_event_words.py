"""Events in words."""

import pytest
from tests.host.store.samples import event

from pumpbench.gui.models.event_words import mark_of, sentence_of_event
from pumpbench.store import Event
from pumplink import states
from pumplink.alarms import AIR, HIGH, OCCLUSION
from pumplink.names import EVENT_NAMES


def made(code: int, a: int = 0, b: int = 0) -> Event:
    return Event(**event(1, code, a=a, b=b), received_wall_us=0)


@pytest.mark.parametrize("code", range(1, len(EVENT_NAMES)), ids=EVENT_NAMES[1:])
def test_every_event_has_a_sentence_of_its_own(code: int) -> None:
    sentence = sentence_of_event(made(code, 1, 2))
    assert sentence[0].isupper()
    assert EVENT_NAMES[code] + " (" not in sentence


def test_values_are_told_with_their_units() -> None:
    assert sentence_of_event(made(states.EVENT_BOLUS_STARTED, 50_000, 1_000_000)) == (
        "Bolus of 50 µL at 1 mL/h began"
    )
    assert sentence_of_event(made(states.EVENT_RUN_STOPPED, 1, 1200)) == "Stopped by alarm, 1.2 mL delivered"


def test_an_alarm_is_told_with_what_it_means() -> None:
    assert sentence_of_event(made(states.EVENT_ALARM_RAISED, AIR, 7)) == (
        "Alarm air-in-line: the flow sensor sees air"
    )


def test_an_event_of_newer_firmware_is_told_by_its_numbers() -> None:
    assert sentence_of_event(made(200, 3, 4)) == "200 (3, 4)"
    assert mark_of(made(200)) is None


def test_an_alarm_is_marked_by_as_many_signs_as_its_priority_and_by_its_name() -> None:
    mark = mark_of(made(states.EVENT_ALARM_RAISED, OCCLUSION))
    assert mark is not None
    assert (mark.symbol, mark.word, mark.priority) == ("▲▲▲", "occlusion", HIGH)


def test_what_says_nothing_about_the_curves_is_not_marked() -> None:
    assert mark_of(made(states.EVENT_SESSION)) is None
