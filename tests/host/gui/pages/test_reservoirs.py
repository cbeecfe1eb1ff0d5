"""The reservoirs page, against the real firmware."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, is_in, wait_until
from tests.host.gui.hands import click, type_into

from pumpbench.client import Reservoir
from pumpbench.files.examples import folder
from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.reservoirs import ReservoirsPage
from pumpbench.gui.widgets.dose_calculator import FLOW, FROM_CONCENTRATION, FROM_DOSE, DoseCalculator
from pumpbench.gui.widgets.refill_wizard import DONE, JUDGE
from pumpbench.gui.widgets.reservoir_card import MOVE, REFILL


def shown(qtbot: QtBot, lab: Lab) -> ReservoirsPage:
    made = ReservoirsPage(lab)
    qtbot.addWidget(made)
    made.resize(1080, 600)
    with qtbot.waitActive(made):
        made.show()
    return made


@pytest.fixture
def page(qtbot: QtBot, connected: Lab) -> ReservoirsPage:
    return shown(qtbot, connected)


def on_board(lab: Lab, index: int = 0) -> Reservoir:
    assert lab.link.snapshot is not None
    return lab.link.snapshot.reservoirs[index]


def define(qtbot: QtBot, lab: Lab, page: ReservoirsPage, **texts: str) -> None:
    for key, text in texts.items():
        page.define.edits[key].setText(text)
    click(page.define.send)
    wait_until(qtbot, lambda: on_board(lab).capacity_nl > 0)


def test_there_is_a_card_for_each_of_the_board_s_reservoirs(page: ReservoirsPage) -> None:
    assert len(page.cards) == 4
    assert page.forms.currentIndex() == 0


def test_a_reservoir_is_defined_and_its_card_shows_it(
    qtbot: QtBot, connected: Lab, page: ReservoirsPage
) -> None:
    define(qtbot, connected, page, drug="dye", concentration="0.5 mg/mL", contents="20 ml")
    there = on_board(connected)
    assert (there.drug, there.concentration_ng_ml, there.contents_nl) == ("dye", 500_000, 20_000_000)
    wait_until(qtbot, page.cards[0].gauge.isVisible)
    assert "20 mL of 30 mL" in page.cards[0].gauge.accessibleName()
    assert page.define.said.text() == "✓ reservoir 0 is defined, with 20 mL in it"


def test_what_is_wrong_is_shown_at_its_field_and_cannot_be_sent(qtbot: QtBot, page: ReservoirsPage) -> None:
    edit = page.define.edits["contents"]
    edit.selectAll()
    type_into(edit, "40 mL")
    assert "is more than the capacity" in page.define.problems["contents"].text()
    assert not page.define.send.isEnabled()


def test_a_drug_that_the_library_does_not_know_is_refused_and_none_is_asked_about(
    qtbot: QtBot, connected: Lab, page: ReservoirsPage
) -> None:
    connected.drugs.choose(folder() / "libraries" / "bench.toml")
    wait_until(qtbot, lambda: connected.drugs.library is not None)
    page.define.edits["drug"].setText("wine")
    click(page.define.send)
    assert '"wine" is not in the library "bench"' in page.define.problem.text()
    page.define.edits["drug"].setText("")
    click(page.define.send)
    assert page.define.ask.isVisible()
    type_into(page.define.ask.reason, "tap water")
    click(page.define.ask.yes)
    wait_until(qtbot, lambda: on_board(connected).capacity_nl > 0)
    (entry,) = [one for one in connected.store.audit.entries() if one.action == "soft-limit"]
    assert "tap water" in str(entry.details)


def test_a_library_that_cannot_be_read_is_told(qtbot: QtBot, lab: Lab, tmp_path: Path) -> None:
    page = shown(qtbot, lab)
    lab.drugs.choose(tmp_path / "none.toml")
    wait_until(qtbot, lambda: "there is no such file" in page.library.problem.text())


def test_a_move_shows_its_progress_ends_by_itself_and_can_be_stopped(
    qtbot: QtBot, connected: Lab, page: ReservoirsPage
) -> None:
    define(qtbot, connected, page)
    page.choose(0, MOVE)
    click(page.moves.start)
    wait_until(qtbot, lambda: page.moves.bar.value() > 0)
    wait_until(qtbot, lambda: page.moves.words.text() == "ended; the pump is stopped")
    assert abs(on_board(connected).contents_nl - 29_500_000) < 1000
    page.moves.volume.edit.setText("5 mL")
    click(page.moves.start)
    wait_until(qtbot, lambda: is_in(connected, "moving") and page.moves.stop.isVisible())
    click(page.moves.stop)
    wait_until(qtbot, lambda: page.moves.words.text() == "ended before its volume; the pump is stopped")


def test_a_move_beyond_the_board_s_limit_is_a_problem_of_its_field(
    qtbot: QtBot, page: ReservoirsPage
) -> None:
    page.choose(0, MOVE)
    page.moves.volume.edit.setText("11 mL")
    wait_until(qtbot, lambda: page.moves.volume.problem == "is outside 1 nL to 10 mL")


def test_a_refill_is_judged_before_it_is_noted(qtbot: QtBot, connected: Lab, page: ReservoirsPage) -> None:
    define(qtbot, connected, page)
    connected.link.command(
        lambda desk: desk.client.move("prime", volume_nl=10_000_000, rate_nl_h=100_000_000),
        lambda _: None,
        fail,
    )
    wait_until(qtbot, lambda: on_board(connected).contents_nl < 20_001_000 and is_in(connected, "stopped"))
    page.choose(0, REFILL)
    wizard = page.refill
    click(wizard.next)
    assert wizard.returned.problem.startswith("is empty")
    type_into(wizard.returned.edit, "18 ml")
    click(wizard.next)
    wait_until(qtbot, lambda: wizard.steps.currentIndex() == JUDGE)
    told = wizard.judgement.text()
    assert "18 mL came back, 20 mL expected: 2 mL less" in told
    assert "the flow was +20.0 % off" in told
    assert "+20.0 % is beyond the action level of 15 %" in told
    assert on_board(connected).refills == 0
    click(wizard.next)
    wait_until(qtbot, lambda: wizard.steps.currentIndex() == DONE)
    assert "refill 1: 18 mL came back, 20 mL were expected, 30 mL are in it now" in wizard.outcome.text()


def test_the_dose_calculator_has_the_worked_example_and_every_direction(qtbot: QtBot) -> None:
    made = DoseCalculator()
    qtbot.addWidget(made)
    made.show()
    assert made.wanted.currentIndex() == FROM_DOSE
    assert made.concentration.value == pytest.approx(6_461_500, rel=1e-4)
    assert "193.8 mg of the drug in 30 mL" in made.outcome.text()
    assert "18.2 mL used, 11.8 mL left, 117.6 mg delivered" in made.outcome.text()
    made.wanted.setCurrentIndex(FROM_CONCENTRATION)
    assert made.dose.value == pytest.approx(120_000, rel=1e-3)
    made.wanted.setCurrentIndex(FLOW)
    assert made.flow.value == pytest.approx(54_167, rel=1e-3)
    made.weight.edit.setText("70")
    assert made.outcome.text() == ""


def test_without_a_pump_the_page_says_so(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    assert not page.cards
    assert not page.define.isEnabled()
    assert page.define.problems["capacity"].text() == ""
    assert page.dose.isEnabled()


def test_the_form_follows_the_board_until_something_is_typed(
    qtbot: QtBot, connected: Lab, page: ReservoirsPage
) -> None:
    def set_contents(contents_nl: int) -> None:
        connected.link.command(
            lambda desk: desk.client.set_reservoir(0, capacity_nl=10_000_000, contents_nl=contents_nl),
            lambda _: None,
            fail,
        )
        wait_until(qtbot, lambda: on_board(connected).contents_nl == contents_nl)

    set_contents(8_000_000)
    assert page.define.edits["contents"].text() == "8 mL"
    assert page.refill.filled.value == 10_000_000
    page.define.edits["contents"].setText("9 mL")
    set_contents(7_000_000)
    assert page.define.edits["contents"].text() == "9 mL"
