"""Which part of the time axis is seen."""

import pytest

from pumpbench.gui.live import Span
from pumpbench.gui.models.viewport import LEAST_S, Viewport


def test_it_follows_by_whole_pixels_and_says_when_it_moved() -> None:
    viewport = Viewport(100.0)
    assert viewport.advance(Span(0.0, 50.0), 1000)
    assert 50.0 <= viewport.end <= 50.1
    assert viewport.start == pytest.approx(viewport.end - 100.0)
    assert viewport.advance(Span(0.0, 50.12), 1000)
    assert not viewport.advance(Span(0.0, 50.18), 1000)
    assert viewport.end == pytest.approx(50.2)


def test_before_the_first_record_it_stands_still() -> None:
    assert not Viewport().advance(None, 1000)


def test_a_look_elsewhere_stands_still_until_it_follows_again() -> None:
    viewport = Viewport(100.0)
    viewport.advance(Span(0.0, 500.0), 1000)
    end = viewport.end
    viewport.pan(-1.0)
    assert not viewport.following
    assert viewport.end == pytest.approx(end - 100.0)
    assert not viewport.advance(Span(0.0, 900.0), 1000)
    viewport.follow()
    assert viewport.advance(Span(0.0, 900.0), 1000)
    assert viewport.end == pytest.approx(900.0, abs=0.11)


def test_zoom_while_it_follows_keeps_the_newest_record_and_otherwise_the_middle() -> None:
    viewport = Viewport(100.0)
    viewport.advance(Span(0.0, 500.0), 1000)
    end = viewport.end
    viewport.zoom(0.5)
    assert (viewport.following, viewport.end, viewport.width_s) == (True, end, 50.0)
    viewport.look_at(100.0, 200.0)
    viewport.zoom(0.5)
    assert (viewport.start, viewport.end) == (125.0, 175.0)
    viewport.zoom(1e-9)
    assert viewport.width_s == LEAST_S


def test_everything_grows_with_the_record() -> None:
    viewport = Viewport()
    viewport.show_all()
    viewport.advance(Span(100.0, 1100.0), 1000)
    assert viewport.start <= 100.0
    viewport.advance(Span(100.0, 9100.0), 1000)
    assert viewport.start <= 100.0
    assert viewport.end >= 9100.0
