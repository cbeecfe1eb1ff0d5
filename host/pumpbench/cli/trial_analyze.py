"""``trial analyze``: the figures of readings that somebody recorded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pumpbench.cli import say
from pumpbench.cli.exits import UsageError
from pumpbench.cli.options import Json, number

if TYPE_CHECKING:
    from pumpbench.trials.analysis import Analysis
    from pumpbench.trials.density import Conditions

_MAX_RATE_ML_H = 100_000.0
_MAX_MG = 1e6
_MAX_MIN = 1e6
_MOST_SAID = 5


def analyze(
    samples: Annotated[Path, typer.Argument(metavar="SAMPLES.csv", help="columns time_s,mass_g")],
    rate: Annotated[
        float, typer.Option(parser=number(1e-6, _MAX_RATE_ML_H), metavar="ML_PER_H", help="the set rate")
    ],
    interval_s: Annotated[
        float, typer.Option(parser=number(1e-3, 86_400.0), metavar="S", help="sample interval")
    ] = 30.0,
    windows_min: Annotated[
        str, typer.Option(metavar="P,P,...", help="windows of the trumpet, in minutes")
    ] = "2,5,11,19,31",
    analyse_min: Annotated[
        str, typer.Option(metavar="FROM,TO", help="what is analysed, in minutes from the start")
    ] = "60,120",
    density: Annotated[
        float | None,
        typer.Option(
            parser=number(0.1, 20.0),
            metavar="G_PER_ML",
            help="0.998 if not given; water's own with temperature and air pressure",
        ),
    ] = None,
    evaporation_mg_h: Annotated[
        float | None, typer.Option(parser=number(0.0, _MAX_MG), metavar="X", help="what the vessel loses")
    ] = None,
    temperature_c: Annotated[
        float | None, typer.Option(parser=number(0.0, 50.0), metavar="T", help="of liquid and air")
    ] = None,
    air_pressure_hpa: Annotated[
        float | None,
        typer.Option(parser=number(500.0, 1200.0), metavar="P", help="with it buoyancy is corrected"),
    ] = None,
    balance_resolution_mg: Annotated[
        float | None, typer.Option(parser=number(0.0, _MAX_MG), metavar="R", help="the balance's last digit")
    ] = None,
    balance_repeatability_mg: Annotated[
        float | None,
        typer.Option(parser=number(0.0, _MAX_MG), metavar="S", help="standard deviation of a reading"),
    ] = None,
    drift_mg_h: Annotated[
        float | None,
        typer.Option(parser=number(0.0, _MAX_MG), metavar="D", help="limit of the balance's drift"),
    ] = None,
    json: Json = False,
) -> None:
    """Work out mean error, trumpet and start-up curve, with their uncertainty, from recorded readings."""
    from pumpbench.files import samples as samples_file
    from pumpbench.trials.analysis import analyse
    from pumpbench.trials.errors import BadSettingError
    from pumpbench.trials.recorded import recorded_settings

    windows = _numbers("--windows-min", windows_min)
    span = _numbers("--analyse-min", analyse_min)
    if len(span) != 2:
        raise UsageError(f'--analyse-min "{analyse_min}" is not two minutes, like 60,120')
    series = samples_file.load(samples)
    settings = recorded_settings(
        rate,
        interval_s,
        windows,
        (span[0], span[1]),
        density_g_ml=density,
        conditions=_conditions(temperature_c, air_pressure_hpa),
        evaporation_mg_h=evaporation_mg_h,
        resolution_mg=balance_resolution_mg,
        repeatability_mg=balance_repeatability_mg,
        drift_mg_h=drift_mg_h,
    )
    try:
        found = analyse(series, settings)
    except BadSettingError as error:
        raise UsageError(f"{samples}: {error}") from None
    for remark in _said(found.quality.remarks):
        say.warn(f"{samples}: {remark}")
    if json:
        say.json_line(found.as_dict())
    else:
        _tell(found)


def _numbers(option: str, text: str) -> tuple[float, ...]:
    """Return the numbers of a list with commas. Raises `UsageError`."""
    read = number(0.0, _MAX_MIN)
    try:
        values = tuple(read(part.strip()) for part in text.split(","))
    except typer.BadParameter as error:
        raise UsageError(f'{option} "{text}": {error.message}') from None
    if len(set(values)) != len(values):
        raise UsageError(f'{option} "{text}" names a number twice')
    return values


def _conditions(temperature_c: float | None, pressure_hpa: float | None) -> "Conditions | None":
    """Return the air. Temperature and air pressure count together: one alone is not used."""
    from pumpbench.trials.density import Conditions

    if temperature_c is not None and pressure_hpa is not None:
        return Conditions(temperature_c, pressure_hpa)
    if temperature_c is not None or pressure_hpa is not None:
        given, missing = ("temperature", "air pressure")[:: 1 if pressure_hpa is None else -1]
        say.warn(f"without the {missing} the {given} is not used, and buoyancy not corrected")
    return None


def _said(remarks: list[str]) -> list[str]:
    more = len(remarks) - _MOST_SAID
    return remarks[:_MOST_SAID] + ([f"and {more} more, see quality in --json"] if more > 0 else [])


def _tell(found: "Analysis") -> None:
    start, end = found.settings.analyse_min
    say.pairs(
        {
            "set rate": f"{found.settings.rate_ml_h:g} mL/h",
            "analysed": f"{start:g} to {end:g} min, samples of {found.settings.interval_s:g} s",
            "liquid": found.settings.liquid.words,
            "mean flow": "not known" if found.mean_flow_ml_h is None else f"{found.mean_flow_ml_h:.5g} mL/h",
            "mean error": f"{_percent(found.mean_error_percent)}, U (k = 2) "
            f"{_percent(found.mean_error_expanded_percent, signed=False)}",
            "data": found.quality.verdict,
        }
    )
    say.line("")
    say.table(
        ("window", "Ep(max)", "Ep(min)", "U (k = 2)", "noise bias", "used", "skipped"),
        [
            (
                f"{one.window.window_min:g} min",
                _percent(one.window.max_percent),
                _percent(one.window.min_percent),
                _percent(one.budget.expanded_percent, signed=False),
                _percent(one.noise_bias_percent, signed=False),
                str(one.window.used),
                str(one.window.skipped),
            )
            for one in found.trumpet
        ],
        "no windows",
    )
    say.line("")
    say.table(
        ("contribution", "value", "distribution", "basis", "standard uncertainty"),
        [
            (
                line.name,
                "-" if line.value is None else f"{line.value:.4g} {line.unit}",
                line.distribution,
                line.basis,
                _percent(line.percent, signed=False),
            )
            for line in found.budget.contributions
        ],
        "no budget",
    )


def _percent(value: float | None, signed: bool = True) -> str:
    if value is None:
        return "not stated" if not signed else "not known"
    return f"{value:{'+' if signed else ''}.3f} %"
