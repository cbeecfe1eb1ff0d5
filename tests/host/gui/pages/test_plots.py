"""The page "Plots", on the telemetry of a real firmware."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject, QPointF, QRect, Qt
from PyQt6.QtGui import QImage, QPaintEvent
from PyQt6.QtWidgets import QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until
from tests.host.gui.hands import click, press
from tests.host.gui.test_live import long_stretch

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.plots import PlotsPage
from pumpbench.gui.theme import DARK, LIGHT


@pytest.fixture
def page(qtbot: QtBot, connected: Lab) -> PlotsPage:
    """The page, shown, with some telemetry drawn."""
    made = PlotsPage(connected)
    qtbot.addWidget(made)
    made.resize(1100, 640)
    made.show()
    wait_until(qtbot, lambda: made.view is not None and len(made.view.x) > 50)
    return made


@pytest.fixture
def without_a_pump(qtbot: QtBot, lab: Lab) -> PlotsPage:
    """The page, shown, of a laboratory that no pump is connected to; held until the test is over."""
    made = PlotsPage(lab)
    qtbot.addWidget(made)
    made.show()
    return made


def counters(page: PlotsPage) -> int:
    newest = page.lab.live.newest
    return -1 if newest is None else int(newest["counter"][0])


def test_it_follows_the_pump(qtbot: QtBot, page: PlotsPage) -> None:
    end, seen = page.viewport.end, counters(page)
    wait_until(qtbot, lambda: page.viewport.end > end and counters(page) > seen)
    (left, right), _ = page.plots.panels[0].plot.vb.viewRange()
    assert left == pytest.approx(page.viewport.start)
    assert right == pytest.approx(page.viewport.end)


def test_where_drawing_is_slow_it_is_done_less_often(page: PlotsPage) -> None:
    page._timer.stop()
    page.plots.painted_s = 0.2
    page._turn()
    assert page._timer.interval() >= 600


class Painted(QObject):
    """Notes what of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.places: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802  Qt's name
        if isinstance(event, QPaintEvent):
            self.places.append(event.region().boundingRect())
        return False


def test_a_frame_is_drawn_plot_by_plot_so_that_a_click_gets_through_in_between(
    qtbot: QtBot, page: PlotsPage
) -> None:
    page._timer.stop()
    canvas = page.plots.viewport()
    assert canvas is not None
    painted = Painted(canvas)

    def settled() -> bool:
        """Whether a frame changes no label, which would have the plots laid out anew."""
        page.viewport.width_s *= 1.0001
        page.frame()
        qtbot.wait(50)
        painted.places.clear()
        qtbot.wait(50)
        return not painted.places

    wait_until(qtbot, settled)
    page.viewport.width_s *= 1.0001
    for panel, _ in zip(page.plots.panels, page._frame(), strict=True):
        painted.places.clear()
        wait_until(qtbot, lambda: bool(painted.places))
        for other in page.plots.panels:
            place = other.plot.vb.sceneBoundingRect().toRect().adjusted(2, 2, -2, -2)
            assert any(one.intersects(place) for one in painted.places) == (other is panel)


def test_space_holds_the_picture_while_records_go_on_coming(qtbot: QtBot, page: PlotsPage) -> None:
    press(page.plots, Qt.Key.Key_Space)
    page.frame()
    drawn, seen = page.view, counters(page)
    wait_until(qtbot, lambda: counters(page) > seen + 100)
    page.frame()
    assert page.view is drawn
    assert page.tools.follow.text().endswith("Follow")
    press(page.plots, Qt.Key.Key_Space)
    wait_until(qtbot, lambda: page.view is not drawn)


def test_everything_goes_by_keyboard(page: PlotsPage) -> None:
    width = page.viewport.width_s
    press(page.plots, Qt.Key.Key_Plus)
    assert page.viewport.width_s == width / 2
    press(page.plots, Qt.Key.Key_Minus)
    assert page.viewport.width_s == width
    end = page.viewport.end
    press(page.plots, Qt.Key.Key_Left)
    assert page.viewport.end < end
    assert not page.viewport.following
    press(page.plots, Qt.Key.Key_End)
    assert page.viewport.following
    press(page.plots, Qt.Key.Key_Home)
    assert page.viewport.everything
    press(page.plots, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert page.readout.text().startswith("Cursor")
    press(page.plots, Qt.Key.Key_Escape)
    assert page.readout.text().startswith("Newest")


def test_dragging_stands_still_where_it_was_dragged_to(page: PlotsPage) -> None:
    page.plots.panels[1].plot.vb.setXRange(10.0, 20.0, padding=0)
    assert page.viewport.start == pytest.approx(10.0)
    assert page.viewport.end == pytest.approx(20.0)
    assert not page.viewport.following


def test_the_cursor_reads_the_values_at_the_mouse(page: PlotsPage) -> None:
    place = page.plots.panels[0].plot.vb.sceneBoundingRect()
    page.plots.scene().sigMouseMoved.emit(QPointF(place.right() - 20, place.center().y()))
    assert page.readout.text().startswith("Cursor: 00:0")
    flow = page.findChild(QToolButton, "key-set_nl_h")
    assert flow is not None
    assert flow.text().startswith("Set  0 ")  # in the unit that the measured flow has
    page.plots.scene().sigMouseMoved.emit(QPointF(-5.0, -5.0))
    assert page.readout.text().startswith("Newest")


def test_a_key_hides_its_curve(page: PlotsPage) -> None:
    key = page.findChild(QToolButton, "key-pressure_pa")
    assert key is not None
    click(key)
    page.frame()
    assert not page.plots.panels[1].curves["pressure_pa"].isVisible()
    assert "pressure_pa" not in page.shown()
    click(key)
    page.frame()
    assert page.plots.panels[1].curves["pressure_pa"].isVisible()


def test_a_gap_is_hatched_and_no_line_crosses_it(without_a_pump: PlotsPage) -> None:
    page = without_a_pump
    page.lab.live.on_records(long_stretch(1000))
    page.lab.live.on_records(long_stretch(1000, 2000))
    page.viewport.show_all()
    page.frame()
    assert page.view is not None
    (gap,) = page.view.gaps
    assert gap.start == pytest.approx(9.99)
    assert gap.end == pytest.approx(20.0)
    x, y = page.plots.panels[0].curves["set_nl_h"].getData()
    assert np.isnan(y[(x > 9.99) & (x <= 20.0)]).any()


def test_without_a_pump_it_says_what_to_do(without_a_pump: PlotsPage) -> None:
    page = without_a_pump
    page.frame()
    assert page.nothing.isVisible()
    assert "connect" in page.nothing.text()
    assert not page.plots.isVisible()


def exported(qtbot: QtBot, page: PlotsPage, suffix: str, path: Path) -> None:
    page.tools.export_wanted.emit(suffix)
    field = page.saving.findChild(QLineEdit, "save-path")
    save = page.saving.findChild(QPushButton, "save-now")
    assert field is not None
    assert save is not None
    assert field.text().endswith(suffix)
    field.setText(str(path))
    click(save)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_seen_can_be_saved_and_says_that_it_is_simulated(
    qtbot: QtBot, page: PlotsPage, tmp_path: Path, theme: object
) -> None:
    page.lab.theme_changed.emit(theme)
    for suffix in (".png", ".svg", ".csv"):
        path = tmp_path / f"seen{suffix}"
        exported(qtbot, page, suffix, path)
        wait_until(qtbot, lambda: not page.saving.isVisible())
        assert path.exists()
    picture = QImage(str(tmp_path / "seen.png"))
    assert picture.width() == 2 * page.plots.width()
    assert b"SIMULATED" in (tmp_path / "seen.svg").read_bytes()
    rows = list(csv.DictReader((tmp_path / "seen.csv").open()))
    assert len(rows) > 20
    assert {row["simulated"] for row in rows} == {"true"}


def test_a_place_that_cannot_be_written_is_told_beside_it(
    qtbot: QtBot, page: PlotsPage, tmp_path: Path
) -> None:
    exported(qtbot, page, ".csv", tmp_path / "nowhere" / "seen.csv")
    wait_until(qtbot, lambda: "nowhere" in page.saving.problem.text())
    assert page.saving.isVisible()
