"""Readings of a balance that somebody recorded into a file: what is typed about them, and their figures."""

from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QCoreApplication

from pumpbench.files import samples as samples_file
from pumpbench.trials.analysis import Settings, analyse
from pumpbench.trials.conduct import Forming
from pumpbench.trials.recorded import recorded_settings
from pumpbench.trials.series import Floats
from pumpbench.units import RATE, UnitError

FILE, RATE_FIELD, INTERVAL, WINDOWS, FROM, TO, DENSITY, EVAPORATION, RESOLUTION, REPEATABILITY, DRIFT = (
    "file", "rate", "interval", "windows", "from", "to", "density", "evaporation", "resolution",
    "repeatability", "drift",
)  # fmt: skip
_NL_PER_ML = 1e6
_MOST = 1e6
_NUMBERS = (INTERVAL, FROM, TO)
_OPTIONAL = (DENSITY, EVAPORATION, RESOLUTION, REPEATABILITY, DRIFT)


@dataclass(frozen=True)
class Found:
    """The readings, and their figures in the form that a trial's have while they form."""

    time_s: Floats
    mass_g: Floats
    figures: Forming


def faults_of(typed: dict[str, str]) -> dict[str, str]:
    """What is wrong with the texts of the fields, by field."""
    translate = QCoreApplication.translate
    faults = {}
    if not typed[FILE].strip():
        faults[FILE] = translate("trials", "Choose a CSV file with the columns time_s and mass_g.")
    try:
        if RATE.parse(typed[RATE_FIELD]) <= 0:
            faults[RATE_FIELD] = translate("trials", "Errors refer to it, so more than 0 is needed.")
    except UnitError as error:
        faults[RATE_FIELD] = f'"{typed[RATE_FIELD]}" {error}'
    number = translate("trials", "A number from 0 is wanted.")
    for field in _NUMBERS:
        if _number(typed[field]) is None:
            faults[field] = number
    for field in _OPTIONAL:
        if typed[field].strip() and _number(typed[field]) is None:
            faults[field] = translate("trials", "A number from 0 is wanted, or nothing.")
    if any(_number(part) is None for part in typed[WINDOWS].split(",")):
        faults[WINDOWS] = translate("trials", "Minutes with commas between them are wanted, like 2, 5, 11.")
    return faults


def found_in(typed: dict[str, str]) -> Found:
    """Read and analyse the file; the texts have no `faults_of`. Raises ``FileError`` and ``TrialError``."""
    series = samples_file.load(Path(typed[FILE]).expanduser())
    settings = _settings(typed)
    found = analyse(series, settings)
    start, end = settings.analyse_min
    figures = Forming(
        step=1,
        text=Path(typed[FILE]).name,
        rate_ml_h=settings.rate_ml_h,
        started_s=0.0,
        analyse_min=(start, end),
        startup=found.startup,
        analysed_to_min=end,
        mean_error_percent=found.mean_error_percent,
        expanded_percent=found.mean_error_expanded_percent,
        trumpet=found.trumpet,
        remarks=tuple(found.quality.remarks),
    )
    return Found(series.time_s, series.mass_g, figures)


def _settings(typed: dict[str, str]) -> Settings:
    values = {field: _number(typed[field]) for field in (*_NUMBERS, *_OPTIONAL)}
    return recorded_settings(
        RATE.parse(typed[RATE_FIELD]) / _NL_PER_ML,
        values[INTERVAL] or 0.0,
        [_number(part) or 0.0 for part in typed[WINDOWS].split(",")],
        (values[FROM] or 0.0, values[TO] or 0.0),
        density_g_ml=values[DENSITY],
        evaporation_mg_h=values[EVAPORATION],
        resolution_mg=values[RESOLUTION],
        repeatability_mg=values[REPEATABILITY],
        drift_mg_h=values[DRIFT],
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value <= _MOST else None
