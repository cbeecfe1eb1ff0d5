"""A question in the page."""

from pytestqt.qtbot import QtBot
from tests.host.gui.hands import click, type_into

from pumpbench.gui.widgets.ask_panel import AskPanel


def test_going_on_needs_a_reason(qtbot: QtBot) -> None:
    panel = AskPanel()
    reasons: list[str] = []
    qtbot.addWidget(panel)
    panel.ask("Is it so?", "Go on", reasons.append)
    assert panel.isVisible()
    assert not panel.yes.isEnabled()
    type_into(panel.reason, "  ")
    assert not panel.yes.isEnabled()
    type_into(panel.reason, "the bench is dry")
    click(panel.yes)
    assert reasons == ["the bench is dry"]
    assert not panel.isVisible()


def test_who_does_not_go_on_has_done_nothing(qtbot: QtBot) -> None:
    panel = AskPanel()
    reasons: list[str] = []
    qtbot.addWidget(panel)
    panel.ask("Is it so?", "Go on", reasons.append)
    click(panel.no)
    assert not panel.isVisible()
    assert reasons == []


def test_a_new_question_takes_the_place_of_the_one_before(qtbot: QtBot) -> None:
    panel = AskPanel()
    first: list[str] = []
    second: list[str] = []
    qtbot.addWidget(panel)
    panel.ask("First?", "Go on", first.append)
    type_into(panel.reason, "why not")
    panel.ask("Second?", "Go on", second.append)
    assert panel.reason.text() == ""
    type_into(panel.reason, "because")
    click(panel.yes)
    assert (first, second) == ([], ["because"])
