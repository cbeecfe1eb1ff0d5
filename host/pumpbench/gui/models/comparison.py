"""Several runs over one time axis, each from its own beginning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pumpbench.gui.live import LiveBuffer, Span, View
from pumpbench.gui.models.bins import COLUMNS, FIELDS, Values
from pumpbench.gui.models.curves import DASHED, DOTTED, FLOW, VOLUME_PANEL, Curve, Panel
from pumpbench.gui.models.runs import RunRow
from pumpbench.store import Store
from pumplink.states import EVENT_RUN_STARTED

MOST_RUNS = 6
_KEPT, _KEPT_FINE = 2_000_000, 6
"""Records of each run that are kept one by one, and how many times as many as bins of 16."""
_FLOW, _VOLUME = COLUMNS.index("measured_nl_h"), COLUMNS.index("measured_nl")
_LINES: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("measured", ()),
    ("commanded", ()),
    ("set_flow", DASHED),
    ("pressure", ()),
    ("volume", DASHED),
    ("accent", DOTTED),
)


@dataclass
class ComparedRun:
    """A run's telemetry, on an axis of the board's own time."""

    row: RunRow
    live: LiveBuffer
    began: float = 0.0
    """Where it started on that axis: by the board's event, else with the first record."""
    lasted: float = 0.0

    def read(self, store: Store, given_up: Callable[[], bool]) -> None:
        """Read all of it, unless `given_up` says so meanwhile. Raises ``StoreError``."""
        for records in store.iter_records(self.row.id, fields=FIELDS):
            if given_up():
                return
            self.live.on_records(records)
        self._settle(store)

    def read_more(self, store: Store) -> None:
        """Read what was recorded since. Raises ``StoreError``."""
        newest = self.live.newest
        last = (0, -1) if newest is None else (int(newest["boot"][0]), int(newest["counter"][0]))
        self.live.on_records(store.records_since(self.row.id, *last))
        self._settle(store)

    def _settle(self, store: Store) -> None:
        """Find out where it began, and how long it lasts by now."""
        for event in store.events(self.row.id):
            self.live.on_event(event)
        span = self.live.span() or Span(0.0, 0.0)
        started = [
            one.x
            for one in self.live.markers(span.start, span.end)
            if one.event.code == EVENT_RUN_STARTED and one.x > span.start
        ]
        self.began = min(started, default=span.start)
        self.lasted = span.end - self.began

    def window(self, start: float, end: float, most: int) -> View:
        """What is to be drawn from `start` to `end` seconds after the run's start."""
        view = self.live.window(start + self.began, end + self.began, most)
        gaps = tuple(
            replace(gap, start=gap.start - self.began, end=gap.end - self.began) for gap in view.gaps
        )
        return self._itself(replace(view, x=view.x - self.began, gaps=gaps))

    def window_of_means(self, start: float, end: float, most: int) -> View:
        """The same, but with the mean of the measured flow in each bin, by the measured volume.

        Several pulsating flows, each drawn from its least to its most, would hide each other.
        """
        view = self.window(start, end, most)
        if view.exact:
            return view
        values = view.values.copy()
        values[_FLOW] = means_of_bins(view.x, view.values[_VOLUME])
        return replace(view, values=values)

    @staticmethod
    def _itself(view: View) -> View:
        """The view without what the board told before the run started: it was of another run."""
        values = view.values.copy()
        if view.exact:
            values[:, view.x < 0.0] = np.nan
        else:
            place = np.flatnonzero(~np.isnan(values[0]))
            first, last = place[::2], place[1::2]
            early = view.x[first] < 0.0
            values[:, first[early]] = values[:, last[early]] = np.nan
        return replace(view, values=values)


def means_of_bins(x: NDArray[np.float64], volume_nl: Values) -> Values:
    """The mean flow in nL/h of each bin of a `View` that is not exact, at both of its points.

    A bin that holds but one moment has none.
    """
    means = np.full(len(x), np.nan, np.float32)
    place = np.flatnonzero(~np.isnan(volume_nl))
    first, last = place[::2], place[1::2]  # breaks are points of NaN between bins
    lasts_s = x[last] - x[first]
    spread = lasts_s > 0
    first, last, lasts_s = first[spread], last[spread], lasts_s[spread]
    means[first] = means[last] = (volume_nl[last] - volume_nl[first]) / lasts_s * 3600.0
    return means


def loaded(store: Store, rows: Sequence[RunRow], given_up: Callable[[], bool]) -> list[ComparedRun] | None:
    """Read the runs' telemetry; None when `given_up` says so meanwhile. Raises ``StoreError``."""
    found = [ComparedRun(row, LiveBuffer(_KEPT, _KEPT_FINE)) for row in rows]
    for run in found:
        run.read(store, given_up)
    return None if given_up() else found


def panels_of(rows: Sequence[RunRow]) -> tuple[Panel, ...]:
    """Flow and volume: of one run all their curves, of several the mean measured flow and the
    counted volume.
    """
    if len(rows) == 1:
        return (FLOW, replace(VOLUME_PANEL, height=3))
    flow = tuple(_curve("measured_nl_h", place, row) for place, row in enumerate(rows))
    volume = tuple(_curve("counted_nl", place, row) for place, row in enumerate(rows))
    return (
        replace(FLOW, name="Mean flow", curves=flow),
        replace(VOLUME_PANEL, name="Counted volume", curves=volume, height=3),
    )


def _curve(column: str, place: int, row: RunRow) -> Curve:
    colour, dash = _LINES[place % len(_LINES)]
    return Curve(column, f"Run {row.id}", colour, dash, place)
