"""The page "Overview", on the telemetry of a real firmware."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import wait_until

from pumpbench.gui.lab import Lab
from pumpbench.gui.models.overview import overview_of
from pumpbench.gui.pages.overview import OverviewPage
from pumpbench.gui.widgets.figure import Figure


@pytest.fixture
def page(qtbot: QtBot, connected: Lab) -> OverviewPage:
    made = OverviewPage(connected)
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    return made


def test_the_flow_of_the_last_minutes_is_drawn_where_there_is_room_for_it(
    qtbot: QtBot, page: OverviewPage
) -> None:
    assert page.history is None
    page.resize(1700, 950)
    history = page.history
    assert history is not None
    wait_until(qtbot, lambda: history.key.buttons["flow_nl_h"].text() != "Commanded")
    (panel,) = history.plots.panels
    assert {curve.column for curve in panel.panel.curves} == {"set_nl_h", "flow_nl_h", "measured_nl_h"}
    for item in panel.curves.values():
        x, y = item.getData()
        assert np.isfinite(y).any()
    assert history.plots.panels[0].plot.vb.viewRange()[0][1] - x[0] <= 600.0 + 1.0
    page.resize(1100, 600)
    assert not history.isVisible()


def test_tab_goes_through_the_page_from_top_to_bottom(qtbot: QtBot, page: OverviewPage) -> None:
    page.resize(1700, 950)
    assert page.history is not None
    seen: list[QWidget] = []
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page:
        seen.append(widget)
        widget = widget.nextInFocusChain()
    keys = [seen.index(button) for button in page.history.key.buttons.values()]
    assert keys == sorted(keys)
    assert keys[-1] < seen.index(page.program.table) < seen.index(page.controls.start)


def test_figures_beside_each_other_are_written_alike(qtbot: QtBot, page: OverviewPage) -> None:
    snapshot = page.lab.contact.snapshot
    assert snapshot is not None
    overview = replace(overview_of(snapshot, None, 1.0), set_flow="0.5 mL/h", measured="0.486412 mL/h")
    page.flow.show_overview(overview, True)
    flows = page.flow.findChildren(Figure)
    assert len(flows) == 3
    assert {figure.value.property("look") for figure in flows} == {"long-figure"}
    assert len({figure.value.geometry().top() for figure in flows}) == 1
