"""The page "Connect", at real boards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.gui.conftest import SPEED, fail, is_in, wait_until
from tests.host.gui.hands import click, type_into

from pumpbench.client import connect
from pumpbench.conduct.desk import Place
from pumpbench.gui.board_link import CONNECTED, FAILED, NONE
from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.connect import ConnectPage
from pumpbench.gui.settings import Settings
from pumpbench.virtual.board import VirtualBoard

EXAMPLE = Path(__file__).parents[4] / "examples" / "empty-30ml.toml"


@pytest.fixture
def page(qtbot: QtBot, lab: Lab) -> Iterator[ConnectPage]:
    made = ConnectPage(lab)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.hide()


def part(page: QWidget, name: str) -> QWidget:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


def texts_in(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_a_virtual_board_is_always_there_and_starts_at_the_speed_that_is_typed(
    qtbot: QtBot, lab: Lab, page: ConnectPage
) -> None:
    assert page.table.board is not None
    assert page.table.board.virtual
    page.form.speed.clear()
    type_into(page.form.speed, "30")
    click(page.button)
    wait_until(qtbot, lambda: lab.link.snapshot is not None)
    assert lab.link.place is not None
    assert lab.link.place.speed == 30.0
    assert (lab.settings.port, lab.settings.speed) == ("virtual", 30.0)
    assert "Connected: virtual at" in page.said.text()
    click(page.leave)
    wait_until(qtbot, lambda: lab.link.phase == NONE)
    assert page.button.isEnabled()


@pytest.mark.parametrize("speed", ["", "fast", "0", "-1", "1e9", "nan"])
def test_a_speed_that_cannot_be_is_told_beside_the_field(qtbot: QtBot, page: ConnectPage, speed: str) -> None:
    page.form.speed.setText(speed)
    click(page.button)
    assert page.lab.link.phase == NONE
    assert any("a number above 0" in text for text in texts_in(page.form))


def test_a_plant_file_that_is_wrong_is_told_beside_the_field(
    qtbot: QtBot, page: ConnectPage, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[pump]\nrollers = 'many'\n")
    page.form.plants.addItem("wrong", str(wrong))
    page.form.plants.setCurrentIndex(page.form.plants.count() - 1)
    assert page.form.values() is None
    assert any("rollers" in text for text in texts_in(page.form))


def test_a_port_that_is_not_there_is_told_in_a_sentence_and_may_be_tried_again(
    qtbot: QtBot, lab: Lab, page: ConnectPage, tmp_path: Path
) -> None:
    type_into(page.typed, str(tmp_path / "nothing"))
    click(page.button)
    wait_until(qtbot, lambda: lab.link.phase == FAILED)
    assert "nothing" in page.said.text()
    assert page.button.isEnabled()


@pytest.fixture
def wall_paced() -> Iterator[VirtualBoard]:
    """A board that gives its command to the next who asks after ten seconds of silence, as a real one does:
    a faster one would while a busy machine holds the first window up."""
    with VirtualBoard(speed=1.0) as running:
        yield running


def test_of_two_windows_on_one_board_the_second_looks_until_it_takes_command(
    qtbot: QtBot, lab: Lab, wall_paced: VirtualBoard, tmp_path: Path
) -> None:
    lab.link.open(Place(wall_paced.port))
    wait_until(qtbot, lambda: lab.link.snapshot is not None)
    second = Lab(tmp_path / "second.sqlite", settings=Settings(tmp_path / "second.ini"))
    page = ConnectPage(second)
    qtbot.addWidget(page)
    page.show()
    try:
        second.link.open(Place(wall_paced.port))
        wait_until(qtbot, lambda: part(page, "looks-only").isVisible())
        assert second.link.snapshot is not None
        assert not second.link.snapshot.commands
        lab.link.command(lambda desk: desk.start_file(EXAMPLE), lambda _: None, fail)
        wait_until(qtbot, lambda: is_in(second, "running"))
        second.link.stop()  # which may be done by whoever looks
        wait_until(qtbot, lambda: is_in(lab, "stopped"))
        click(page.take)
        wait_until(qtbot, lambda: second.link.snapshot is not None and second.link.snapshot.commands)
        wait_until(qtbot, lambda: not part(page, "looks-only").isVisible())
        wait_until(qtbot, lambda: lab.link.snapshot is not None and not lab.link.snapshot.commands)
    finally:
        page.hide()
        second.close()
        lab.link.close()


def test_a_virtual_board_of_the_window_is_taken_back_as_it_is(
    qtbot: QtBot, lab: Lab, page: ConnectPage
) -> None:
    lab.link.open(Place(speed=SPEED))
    wait_until(qtbot, lambda: lab.link.phase == CONNECTED)
    url = lab.link.sentence.rpartition(" ")[2]
    with connect(url, role="take-over") as other:
        other.set_reservoir(0, capacity_nl=10_000_000, contents_nl=7_000_000, drug="dye")
        wait_until(qtbot, lambda: part(page, "looks-only").isVisible())
        click(page.take)
        wait_until(qtbot, lambda: lab.link.snapshot is not None and lab.link.snapshot.commands)
        wait_until(qtbot, lambda: not part(page, "looks-only").isVisible())
    assert lab.link.sentence.rpartition(" ")[2] == url
    assert lab.link.snapshot is not None
    assert lab.link.snapshot.reservoirs[0].contents_nl == 7_000_000


def test_firmware_that_does_not_fit_is_looked_at_and_flashing_is_offered(
    qtbot: QtBot, lab: Lab, page: ConnectPage
) -> None:
    with ScriptedBoard(schema=0x12345678) as strange:
        lab.link.open(Place(strange.url))
        wait_until(qtbot, lambda: lab.link.phase == CONNECTED)
        wait_until(qtbot, lambda: part(page, "flash").isVisible())
        assert lab.link.snapshot is not None
        assert not lab.link.snapshot.info.fits


def test_flashing_lets_the_port_go_first_and_tells_in_a_sentence_what_it_finds(
    qtbot: QtBot, connected: Lab
) -> None:
    page = ConnectPage(connected)
    qtbot.addWidget(page)
    page.show()
    page.flash.offer("why", "rpi_pico")
    click(page.flash.button)
    assert connected.link.phase == NONE
    wait_until(qtbot, lambda: not page.flash.busy)
    assert "cannot be flashed" in page.flash.said.text()
    page.hide()


def test_the_first_steps_are_shown_until_somebody_has_had_enough(
    qtbot: QtBot, lab: Lab, page: ConnectPage
) -> None:
    welcome, got_it = page.findChild(QFrame, "welcome"), page.findChild(QPushButton, "got-it")
    assert welcome is not None
    assert got_it is not None
    assert welcome.isVisible()
    click(got_it)
    assert not welcome.isVisible()
    assert lab.settings.welcomed
    lab.settings.welcomed = False
    assert welcome.isVisible()
