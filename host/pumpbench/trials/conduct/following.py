"""A trial's folder while it fills: what the balance said so far, and the curves as they form.

For whoever looks on, in any thread or process: a window that draws, or somebody beside the command that
carries the trial out. It reads the folder alone, and of its files what was appended since the last look.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pumpbench.files import trial as trial_file
from pumpbench.files.trial import Trial
from pumpbench.trials.analysis import Settings, WindowResult, analyse
from pumpbench.trials.conduct.folder import JOURNAL, PROTOCOL, READINGS, Folder, Row, entry_of, row_of
from pumpbench.trials.conduct.result import knowledge_of, liquid_of, series_of, settings_of, within
from pumpbench.trials.errors import TrialError
from pumpbench.trials.series import Floats, Series
from pumpbench.trials.startup import StartUp


@dataclass(frozen=True)
class ErrorB:
    """The mean error over the last part of a delivery that ends a tube set's life, as far as it has come.

    Attributes:
        analyse_min: the time over which it is taken, in minutes from the start.
        analysed_to_min: up to which minute it reaches so far; None before it has begun.
        mean_error_percent, expanded_percent: error B so far, and its U (k = 2).
    """

    analyse_min: tuple[float, float]
    analysed_to_min: float | None = None
    mean_error_percent: float | None = None
    expanded_percent: float | None = None


@dataclass(frozen=True)
class Forming:
    """The figures of a delivery as far as it has come; what is not known yet is None or empty.

    Attributes:
        step: its number in the protocol, from 1.
        text: the step in words.
        rate_ml_h: the set rate, to which errors refer.
        started_s: when it started, by the trial's clock.
        analyse_min: the time of mean error and trumpet, in minutes from the start.
        startup: the start-up curve so far.
        analysed_to_min: up to which minute mean error and trumpet reach so far.
        mean_error_percent, expanded_percent: error A so far, and its U (k = 2).
        trumpet: the windows that fit into what is analysed so far.
        remarks: what is to be said of the readings: gaps, jumps.
        error_b: of a delivery that ends a tube set's life, else None.
    """

    step: int
    text: str
    rate_ml_h: float
    started_s: float
    analyse_min: tuple[float, float]
    startup: StartUp | None = None
    analysed_to_min: float | None = None
    mean_error_percent: float | None = None
    expanded_percent: float | None = None
    trumpet: tuple[WindowResult, ...] = ()
    remarks: tuple[str, ...] = ()
    error_b: ErrorB | None = None


@dataclass(frozen=True)
class Look:
    """What there is at the moment.

    Attributes:
        time_s, mass_g: every reading so far, shape (n,); NaN for one that had no mass. The time is the
            trial's, of a calibration the board's.
        status: how the newest reading was, "" before any.
        step: what is being done, or was done last, in words; "" before anything.
        said: what a person was told: the balance's troubles, why a trial was ended.
        deliveries: the deliveries that are analysed, as far as they have started.
        ended: whether it has ended.
    """

    time_s: Floats
    mass_g: Floats
    status: str
    step: str
    said: tuple[str, ...]
    deliveries: tuple[Forming, ...]
    ended: bool


class Following:
    """Follows the folder of a trial or of a calibration, which need not be there yet.

    An object is for one thread at a time; several may follow the same folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder)
        self._readings, self._journal = _Tail(folder / READINGS), _Tail(folder / JOURNAL)
        self._rows: list[Row] = []
        self._entries: list[dict[str, Any]] = []
        self._trial: Trial | None = None
        self._ended: dict[int, Forming] = {}

    def look(self) -> Look:
        """Take in what is new. Raises `BadFolder` and ``FileError`` for files that are no trial's."""
        at = self._readings.count
        for number, line in enumerate(self._readings.lines(), at + 1):
            if number > 1:  # below the names of the columns
                self._rows.append(row_of(self._folder.path / READINGS, number, line))
        at = self._journal.count
        self._entries += [
            entry_of(self._folder.path / JOURNAL, number, line)
            for number, line in enumerate(self._journal.lines(), at + 1)
        ]
        steps = [entry for entry in self._entries if entry["what"] == "step"]
        return Look(
            time_s=np.array([row.time_s for row in self._rows]),
            mass_g=np.array([np.nan if row.mass_g is None else row.mass_g for row in self._rows]),
            status=self._rows[-1].status if self._rows else "",
            step=steps[-1].get("text") or steps[-1].get("sentence", "") if steps else "",
            said=tuple(
                entry["sentence"] for entry in self._entries if entry["what"] in ("balance", "stopped")
            ),
            deliveries=tuple(self._deliveries()),
            ended=any(entry["what"] == "ended" for entry in self._entries),
        )

    def _deliveries(self) -> list[Forming]:
        """Each delivery as it is now; one that is over is worked out once."""
        began = [entry for entry in self._entries if entry["what"] == "started"]
        started = {entry["index"]: float(entry["time_s"]) for entry in began}
        over = {entry["index"] for entry in self._entries if entry["what"] == "step ended"}
        found = []
        for index, began_s in started.items():
            trial = self._protocol()
            if not trial.analysed(trial.steps[index]):
                continue
            now = self._ended.get(index) or _forming(trial, index, self._rows, began_s)
            if index in over:
                self._ended[index] = now
            found.append(now)
        return found

    def _protocol(self) -> Trial:
        if self._trial is None:
            self._trial = trial_file.loads(self._folder.protocol_text, self._folder.path / PROTOCOL)
        return self._trial


class _Tail:
    """A file that is only ever appended to; `count` lines were given out."""

    def __init__(self, place: Path) -> None:
        self.count = 0
        self._place = place
        self._at = 0

    def lines(self) -> list[str]:
        """The lines that were written whole since the last call."""
        if not self._place.exists():
            return []
        with self._place.open("rb") as file:
            file.seek(self._at)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        found = whole.decode("utf-8").splitlines()
        self.count += len(found)
        return found


def _forming(trial: Trial, index: int, rows: list[Row], began_s: float) -> Forming:
    """A delivery's figures as far as its readings reach."""
    step = trial.steps[index]
    settings = settings_of(trial, step, liquid_of(trial), knowledge_of(trial))
    life = trial.end_of_life_s(step)
    empty = Forming(
        index + 1, trial.step_text(step), settings.rate_ml_h, began_s, settings.analyse_min,
        error_b=None if life is None else ErrorB((life[0] / 60.0, life[1] / 60.0)),
    )  # fmt: skip
    reach_s = max((row.time_s - began_s for row in reversed(rows) if row.mass_g is not None), default=0.0)
    to_min = _reached(settings, reach_s)
    if to_min <= 0.0:
        return empty
    try:
        series = series_of(rows, began_s, began_s + float(step.duration_s or 0) + trial.interval_s)
        found = analyse(series, _so_far(settings, to_min))
    except TrialError:  # too few readings yet
        return empty
    empty = replace(empty, startup=found.startup, remarks=tuple(found.quality.remarks))
    if found.settings.analyse_min[0] == 0.0 != settings.analyse_min[0]:
        return empty
    return replace(
        empty,
        analysed_to_min=found.settings.analyse_min[1],
        mean_error_percent=found.mean_error_percent,
        expanded_percent=found.mean_error_expanded_percent,
        trumpet=found.trumpet,
        error_b=None if life is None else _error_b(series, within(settings, life), reach_s),
    )


def _error_b(series: Series, settings: Settings, reach_s: float) -> ErrorB:
    """Error B as far as the readings reach."""
    empty = ErrorB(settings.analyse_min)
    to_min = _reached(settings, reach_s)
    if to_min <= settings.analyse_min[0]:
        return empty
    try:
        found = analyse(series, _so_far(settings, to_min))
    except TrialError:  # too few readings yet
        return empty
    return replace(
        empty,
        analysed_to_min=to_min,
        mean_error_percent=found.mean_error_percent,
        expanded_percent=found.mean_error_expanded_percent,
    )


def _reached(settings: Settings, reach_s: float) -> float:
    """The minute up to which whole samples of the analysed time are there."""
    samples = int(min(reach_s, settings.analyse_min[1] * 60.0) / settings.interval_s + 1e-9)
    return samples * settings.interval_s / 60.0


def _so_far(settings: Settings, to_min: float) -> Settings:
    """The same up to a minute: the start-up curve alone before the analysed time, then what fits into it."""
    start, _ = settings.analyse_min
    if to_min <= start:
        return replace(settings, analyse_min=(0.0, to_min), windows_min=())
    windows = tuple(window for window in settings.windows_min if window <= to_min - start + 1e-9)
    return replace(settings, analyse_min=(start, to_min), windows_min=windows)
