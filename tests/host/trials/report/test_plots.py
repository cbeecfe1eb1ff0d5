"""The plots show what the result says, and the same result gives the same bytes."""

import re
from typing import Any

import numpy as np
import pytest
from tests.host.trials.series import steady, without

from pumpbench.trials.analysis import Settings, analyse
from pumpbench.trials.density import Liquid
from pumpbench.trials.knowledge import Knowledge
from pumpbench.trials.report.plots import as_png, as_svg, startup_plot, trumpet_plot


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    known = Knowledge(0.1, 0.1, 0.2).with_usual(None)
    settings = Settings(5.0, liquid=Liquid.given(0.998, 0.0005), knowledge=known)
    return analyse(without(steady(flow_ml_h=5.1), 20, 21, 150), settings).as_dict()


def test_the_start_up_curve_has_every_flow_and_its_holes_are_shaded(result: dict[str, Any]) -> None:
    axes: Any = startup_plot(result, simulated=False).axes[0]
    (curve,) = [patch for patch in axes.patches if patch.get_label() == "flow of each sample"]
    values, edges, _ = curve.get_data()
    assert len(values) == 240
    assert np.isnan(values).sum() == 5
    assert np.nanmax(values) == pytest.approx(5.1)
    assert (edges[0], edges[-1]) == (0.0, 120.0)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["analysed", "no data", "set rate", "flow of each sample"]


def test_the_trumpet_has_both_sides_the_mean_error_and_the_limits(result: dict[str, Any]) -> None:
    axes: Any = trumpet_plot(result, [10, 8, 6, None, 5], simulated=False, mean_limit=5.0).axes[0]
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["limits of Ep"].get_xydata().tolist() == [[2, 10], [5, 8], [11, 6], [31, 5]]
    assert lines["mean error A ± U"].get_ydata()[0] == pytest.approx(2.0)
    drawn = [container.lines[0].get_ydata() for container in axes.containers]
    assert drawn == [pytest.approx([2.0] * 5), pytest.approx([2.0] * 5)]
    low, high = axes.get_ylim()
    assert low < -10
    assert high > 10


def test_simulated_stands_on_a_plot_that_is(result: dict[str, Any]) -> None:
    for figure in (startup_plot(result, simulated=True), trumpet_plot(result, [], simulated=True)):
        assert ">simulated<" in as_svg(figure)
    assert "simulated" not in as_svg(startup_plot(result, simulated=False))


def test_a_result_without_figures_can_still_be_drawn(result: dict[str, Any]) -> None:
    nothing = result | {
        "startup": [], "mean_error_percent": None, "mean_error_expanded_percent": None,
        "trumpet": [window | {"max_percent": None, "min_percent": None} for window in result["trumpet"]],
    }  # fmt: skip
    assert as_svg(startup_plot(nothing, simulated=True)).startswith("<svg")
    assert as_svg(trumpet_plot(nothing, [5.0] * 5, simulated=True)).startswith("<svg")


def test_the_same_result_gives_the_same_bytes(result: dict[str, Any]) -> None:
    one, other = (trumpet_plot(result, [5.0] * 5, simulated=True) for _ in range(2))
    assert as_svg(one) == as_svg(other)
    assert as_png(one) == as_png(other)
    assert not re.search(r"\d{4}-\d\d-\d\dT", as_svg(one))
