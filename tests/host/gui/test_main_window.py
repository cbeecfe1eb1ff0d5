"""The window as a technician has it: a real pump's firmware behind it, keys and clicks in front."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, is_in, wait_until
from tests.host.gui.hands import click, let_go, press, press_down, type_into

from pumpbench.client import frozen
from pumpbench.gui.board_link import CONNECTED, LOST
from pumpbench.gui.lab import Lab
from pumpbench.gui.main_window import MainWindow
from pumpbench.gui.widgets.run_controls import RunControls
from pumpbench.virtual.board import VirtualBoard
from pumplink.states import BOLUS

EXAMPLE = Path(__file__).parents[3] / "examples" / "empty-30ml.toml"


@pytest.fixture
def window(qtbot: QtBot, connected: Lab) -> Iterator[MainWindow]:
    connected.settings.sound = False
    made = MainWindow(connected)
    made.show()
    made.show_page("Overview")
    yield made
    made.header.setParent(None)
    connected.closing.emit()
    made.hide()


def start(qtbot: QtBot, lab: Lab) -> None:
    lab.link.command(lambda desk: desk.start_file(EXAMPLE), lambda _: None, fail)
    wait_until(qtbot, lambda: is_in(lab, "running"))


def button(window: QWidget, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None, name
    return found


def text_of(window: QWidget, name: str) -> str:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return str(found.property("text"))


def test_stop_is_one_click_and_its_answer_is_shown(qtbot: QtBot, connected: Lab, window: MainWindow) -> None:
    start(qtbot, connected)
    click(window.header.stop)
    assert "no answer yet" in window.header.outcome.text()
    wait_until(qtbot, lambda: "stopped" in window.header.outcome.text())
    wait_until(qtbot, lambda: window.header.badge.text == "Stopped")


def test_stop_is_sent_when_the_button_goes_down_and_once(
    qtbot: QtBot, connected: Lab, window: MainWindow
) -> None:
    sent: list[bool] = []
    connected.link.stop_sent.connect(lambda: sent.append(True))
    stop = window.header.stop
    press_down(stop)
    assert sent == [True]
    let_go(stop, QPoint(-50, -50))
    assert sent == [True]
    stop.setFocus()
    press(stop, Qt.Key.Key_Space)
    assert sent == [True, True]
    click(stop)
    assert sent == [True, True, True]


def test_stop_is_one_key_wherever_the_cursor_is(qtbot: QtBot, connected: Lab, window: MainWindow) -> None:
    window.show_page("Connect")
    field, plants = window.findChild(QLineEdit, "typed-port"), window.findChild(QComboBox, "plants")
    assert field is not None
    assert plants is not None
    plants.showPopup()
    dropped_down = plants.view()
    assert dropped_down is not None
    sent: list[bool] = []
    connected.link.stop_sent.connect(lambda: sent.append(True))
    for place in (dropped_down, field, window, window.navigation):
        for key, modifier in (
            (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier),
            (Qt.Key.Key_Pause, Qt.KeyboardModifier.NoModifier),
            (Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier),
        ):
            sent.clear()
            press(place, key, modifier)
            assert sent == [True], (place, key)
    assert field.text() == ""


def test_escape_takes_back_what_is_typed_and_stops_nothing(
    qtbot: QtBot, connected: Lab, window: MainWindow
) -> None:
    with qtbot.assertNotEmitted(connected.link.stop_sent):
        press(window, Qt.Key.Key_Escape)


def test_a_run_is_started_paused_and_resumed_by_its_buttons(
    qtbot: QtBot, connected: Lab, window: MainWindow
) -> None:
    start(qtbot, connected)
    connected.link.stop()
    wait_until(qtbot, lambda: button(window, "start").isEnabled())
    click(button(window, "start"))
    wait_until(qtbot, lambda: button(window, "pause").isEnabled())
    click(button(window, "pause"))
    wait_until(qtbot, lambda: button(window, "resume").isEnabled())
    assert window.header.badge.text == "Paused"
    click(button(window, "resume"))
    wait_until(qtbot, lambda: is_in(connected, "running"))
    assert [run.name for run in connected.store.runs() if not run.meta.get("watch")] == ["empty 30 mL"] * 2


def test_an_alarm_is_shown_with_what_to_do_until_it_is_acknowledged(
    qtbot: QtBot, connected: Lab, window: MainWindow, board: VirtualBoard
) -> None:
    start(qtbot, connected)
    board.control.fault("air", duration_s=60.0)
    wait_until(qtbot, lambda: is_in(connected, "alarm-stop"))
    wait_until(qtbot, lambda: window.banner.isVisible())
    assert window.header.badge.text == "Stopped by an alarm"
    row = window.banner.rows[0]
    assert row.line.name == "air-in-line"
    assert "High priority" in row.accessibleName()
    assert "Purge the line, then acknowledge." in row.accessibleName()
    wait_until(qtbot, lambda: row.line.standing == "cause gone")
    click(button(window, "acknowledge-air-in-line"))
    wait_until(qtbot, lambda: not window.banner.isVisible())
    wait_until(qtbot, lambda: button(window, "resume").isEnabled())


def test_the_most_urgent_alarm_is_on_top_and_f9_takes_note_of_it(
    qtbot: QtBot, connected: Lab, window: MainWindow, board: VirtualBoard
) -> None:
    start(qtbot, connected)
    board.control.fault("sensor-dead")
    wait_until(qtbot, lambda: any(row.line.name == "sensor-fault" for row in window.banner.rows))
    board.control.stop_input(True)
    wait_until(qtbot, lambda: window.banner.rows[0].line.name == "stop-input")
    assert [row.line.name for row in window.banner.rows] == ["stop-input", "sensor-fault"]
    board.control.stop_input(False)
    press(window, Qt.Key.Key_F9)
    wait_until(
        qtbot,
        lambda: not any(row.line.latched for row in window.banner.rows if row.line.name == "stop-input"),
    )


def test_a_pulled_cable_makes_all_of_it_the_past_until_it_is_back(
    qtbot: QtBot, connected: Lab, window: MainWindow, board: VirtualBoard
) -> None:
    start(qtbot, connected)
    board.control.fault("unplug", duration_s=200.0)
    wait_until(qtbot, lambda: connected.link.phase == LOST)
    wait_until(qtbot, lambda: window.banner.isVisible())
    assert window.banner.rows[0].line.name == "no contact"
    assert "may be running" in window.banner.rows[0].line.sentence
    assert "not known now" in window.header.badge.text
    assert "This is how it was at" in text_of(window, "as-of")
    assert not button(window, "pause").isEnabled()
    wait_until(qtbot, lambda: connected.link.phase == CONNECTED)
    wait_until(qtbot, lambda: not window.banner.isVisible())
    assert window.header.badge.text.startswith("Delivering")


def test_a_database_that_another_program_holds_is_told_and_nothing_is_lost(
    qtbot: QtBot, connected: Lab, window: MainWindow
) -> None:
    start(qtbot, connected)
    other = sqlite3.connect(connected.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    wait_until(qtbot, lambda: any(row.line.name == "not recorded" for row in window.banner.rows))
    click(window.header.stop)  # which needs no database
    wait_until(qtbot, lambda: "stopped" in window.header.outcome.text())
    other.execute("ROLLBACK")
    other.close()
    wait_until(qtbot, lambda: not window.banner.isVisible())
    (run,) = [run for run in connected.store.runs() if not run.meta.get("watch")]
    wait_until(qtbot, lambda: connected.store.run(run.id).status == "finished")
    assert not connected.store.gaps(run.id)


def test_the_figures_of_the_link_are_one_click_away(qtbot: QtBot, connected: Lab, window: MainWindow) -> None:
    assert not window.link_panel.isVisible()
    click(window.link_button)
    assert window.link_panel.isVisible()
    names = [label.accessibleName() for label in window.link_panel.findChildren(QWidget)]
    for wanted in ("Round trip", "Bad frames here", "Resends", "Records dropped by the board", "Late ticks"):
        assert wanted in names


def test_pages_are_reached_by_their_number(qtbot: QtBot, connected: Lab, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitActive(window)
    for number in range(1, len(window.pages) + 1):
        press(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.pages[number - 1].isVisible(), number


def test_what_is_simulated_says_so(qtbot: QtBot, connected: Lab, window: MainWindow) -> None:
    assert window.header.simulated.isVisible()
    assert window.header.simulated.text() == "SIMULATED"


def test_closing_asks_before_it_stops_an_attended_run(
    qtbot: QtBot, connected: Lab, window: MainWindow, tmp_path: Path
) -> None:
    attended = tmp_path / "attended.toml"
    attended.write_text(
        EXAMPLE.read_text().replace('name = "empty 30 mL"', 'name = "attended"\nmode = "attended"')
    )
    connected.link.command(lambda desk: desk.start_file(attended), lambda _: None, fail)
    wait_until(qtbot, lambda: is_in(connected, "running"))
    window.close()
    assert window.isVisible()
    assert window.question.isVisible()
    click(button(window, "close-not"))
    assert not window.question.isVisible()
    window.close()
    assert window.isVisible()  # having stayed, it asks again
    click(button(window, "close-not"))
    click(window.header.stop)
    wait_until(qtbot, lambda: is_in(connected, "stopped"))


def test_tab_goes_through_every_control_of_the_overview_and_round(
    qtbot: QtBot, connected: Lab, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitActive(window)
    wait_until(qtbot, lambda: button(window, "start").isVisible())
    window.navigation.setFocus()
    seen = []
    for _ in range(60):
        focused = window.focusWidget()
        assert focused is not None
        seen.append(focused)
        if len(seen) > 1 and focused is window.navigation:
            break
        press(focused, Qt.Key.Key_Tab)
    assert seen[-1] is window.navigation
    for wanted in (window.header.stop, window.link_button, button(window, "bolus")):
        assert wanted in seen
    for widget in seen:
        named = widget.accessibleName() or str(widget.property("text") or "")
        assert named, widget
        assert widget.isVisible()
    assert seen.index(window.link_button) < seen.index(window.header.stop)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_everything_fits_from_small_to_large(
    qtbot: QtBot, connected: Lab, window: MainWindow, size: tuple[int, int]
) -> None:
    start(qtbot, connected)
    window.resize(*size)
    assert (window.width(), window.height()) == size
    for page in window.pages:
        window.show_page(page.title)
        qtbot.wait(50)
        assert page.minimumSizeHint().width() <= window.width() - window.navigation.width(), page.title
    stop = window.header.stop
    assert window.rect().contains(stop.geometry().translated(stop.parentWidget().mapTo(window, QPoint(0, 0))))  # type: ignore[union-attr]


def test_the_window_comes_back_where_it_was_and_on_a_screen_that_is_there(qtbot: QtBot, lab: Lab) -> None:
    lab.settings.sound = False
    first = MainWindow(lab)
    first.resize(960, 650)  # the screen is a small one
    first.show_page("Settings")
    lab.settings.geometry = first.saveGeometry().data()
    first.move(90_000, 90_000)
    far_away = first.saveGeometry().data()
    second = MainWindow(lab)
    assert (second.width(), second.height()) == (960, 650)
    assert second.pages[second.navigation.currentRow()].title == "Settings"
    lab.settings.geometry = far_away
    third = MainWindow(lab)
    screen = third.screen()
    assert screen is not None
    assert screen.availableGeometry().intersects(third.frameGeometry())


def test_settings_hold_at_once(qtbot: QtBot, connected: Lab, window: MainWindow) -> None:
    window.show_page("Settings")
    theme = window.findChild(QComboBox, "theme")
    assert theme is not None
    theme.setCurrentIndex(theme.findData("dark"))
    assert connected.theme.dark
    assert connected.settings.theme == "dark"
    theme.setCurrentIndex(theme.findData("light"))
    assert not connected.theme.dark


def test_stop_without_a_pump_says_that_there_is_nothing_to_stop(qtbot: QtBot, lab: Lab) -> None:
    window = MainWindow(lab)
    window.show()
    click(window.header.stop)
    wait_until(qtbot, lambda: "nothing to stop" in window.header.outcome.text())
    assert not window.banner.rows


def test_a_pump_that_was_left_is_stopped_all_the_same(
    qtbot: QtBot, connected: Lab, window: MainWindow, board: VirtualBoard
) -> None:
    start(qtbot, connected)
    connected.link.leave()
    assert frozen.status(board.port).state == "running"
    click(window.header.stop)
    wait_until(qtbot, lambda: "stopped" in window.header.outcome.text())
    assert frozen.status(board.port).state == "stopped"


def test_a_stop_while_the_cable_is_out_is_not_confirmed_until_the_pump_is_heard_again(
    qtbot: QtBot, connected: Lab, window: MainWindow, board: VirtualBoard
) -> None:
    start(qtbot, connected)
    board.control.fault("unplug", duration_s=300.0)
    wait_until(qtbot, lambda: connected.link.phase == LOST)
    click(window.header.stop)
    wait_until(qtbot, lambda: "may still be running" in window.header.outcome.text())
    first = window.banner.rows[0].line
    assert (first.name, first.mark) == ("stop not confirmed", "!!!")
    assert "stop will be sent as soon as it is back" in first.sentence
    wait_until(qtbot, lambda: is_in(connected, "stopped"))  # it was the first thing that the board heard
    wait_until(qtbot, lambda: not window.banner.isVisible())
    assert window.header.outcome.text() == "The pump stands"


def test_a_bolus_is_typed_as_people_write_it_and_given_once(
    qtbot: QtBot, connected: Lab, window: MainWindow
) -> None:
    start(qtbot, connected)
    controls = window.pages[1].findChild(RunControls)
    assert controls is not None
    click(controls.bolus)
    assert "Bolus volume is empty" in " ".join(label.text() for label in controls.findChildren(QLabel))
    type_into(controls.volume.edit, "50 µL")
    type_into(controls.rate.edit, "30 mL/h")
    click(controls.bolus)
    run = connected.store.runs()[0]

    def told(name: str) -> int:
        return [event.name for event in connected.store.events(run.id)].count(name)

    def recorded() -> bool:
        records = connected.store.records(run.id)
        return bool(len(records)) and BOLUS in records["state"]  # no fields before the first

    wait_until(qtbot, lambda: told("bolus-ended") == 1)
    assert told("bolus-started") == 1
    # A look may come before and after it alone: it takes a third of a second here.
    wait_until(qtbot, recorded)
    wait_until(qtbot, lambda: is_in(connected, "running"))
