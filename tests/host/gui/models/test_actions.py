"""Which commands are to be had, and why not."""

from dataclasses import replace

import pytest
from tests.host.gui.models.pumps import INFO, alarm, snapshot

from pumpbench.conduct.snapshot import RunNow
from pumpbench.gui.models.actions import Actions, actions_of

WATCH = RunNow(1, "watching", True, 0, 0.0, 0)


def had(actions: Actions) -> set[str]:
    return {name for name in ("start", "pause", "resume", "bolus") if not getattr(actions, name)}


@pytest.mark.parametrize(
    ("state", "run", "wanted"),
    [
        ("stopped", WATCH, {"start", "bolus"}),
        ("finished", WATCH, {"start", "bolus"}),
        ("running", None, {"pause", "bolus"}),
        ("bolus", None, {"pause"}),
        ("paused", None, {"resume"}),
        ("interrupted", None, {"resume"}),
        ("keep-open", None, {"pause", "resume"}),
        ("alarm-stop", WATCH, {"start", "bolus"}),
        ("moving", WATCH, set()),
    ],
)
def test_the_state_decides(state: str, run: RunNow | None, wanted: set[str]) -> None:
    whole = snapshot(state) if run is None else snapshot(state, run=run)
    assert had(actions_of(whole, True)) == wanted


def test_a_held_run_after_an_alarm_waits_until_that_is_acknowledged() -> None:
    actions = actions_of(snapshot("alarm-stop", alarms=(alarm("occlusion"),)), True)
    assert had(actions) == set()
    assert actions.hint == "acknowledge occlusion first"
    present = actions_of(snapshot("alarm-stop", alarms=(alarm("occlusion", latched=False),)), True)
    assert present.hint == "the cause of occlusion is still there"
    assert had(actions_of(snapshot("alarm-stop"), True)) == {"resume"}


def test_an_alarm_that_only_warns_is_not_in_the_way() -> None:
    assert "start" in had(actions_of(snapshot("stopped", alarms=(alarm("reservoir-low"),)), True))


def test_without_a_program_there_is_no_start_but_a_bolus() -> None:
    actions = actions_of(snapshot("stopped", program=None), True)
    assert had(actions) == {"bolus"}
    assert "page Program" in actions.start


@pytest.mark.parametrize(
    ("changes", "current", "why"),
    [
        ({}, False, "not in contact"),
        ({"commands": False}, True, "another program commands"),
        ({"info": replace(INFO, fits=False)}, True, "does not fit"),
    ],
)
def test_what_stands_in_the_way_of_everything_is_told(
    changes: dict[str, object], current: bool, why: str
) -> None:
    actions = actions_of(snapshot("stopped", **changes), current)
    assert had(actions) == set()
    assert why in actions.hint
