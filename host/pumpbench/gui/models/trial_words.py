"""What a trial or a calibration came to, in words: verdicts, figures with their uncertainty, deviations."""

from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication

from pumpbench.gui.models import state as states
from pumpbench.gui.models.state import StateFace
from pumpbench.trials.conduct import Forming, Progress
from pumpbench.trials.conduct.earlier import Earlier
from pumpbench.trials.conduct.words import duration, expanded, moment, percent
from pumpbench.trials.verdict import FAIL, PASS
from pumpbench.units import format_clock

JUDGED = ("judged", "result ± U", "limit", "verdict")
STROKES = ("rotor", "stroke volume", "U (k = 2)")
EARLIER = ("began", "trial", "who", "verdict", "mean error", "folder")
SIMULATED = "SIMULATED"
_SIGNS = {PASS: "✔", FAIL: "✕"}


def face_of(verdict: str | None) -> StateFace:
    """How a verdict is shown; None is a trial that has none."""
    translate = QCoreApplication.translate
    if verdict == PASS:
        why = translate("trials", "every result keeps its limit, its uncertainty included")
        return StateFace("PASS", states.TICK, states.AT_WORK, why)
    if verdict == FAIL:
        why = translate("trials", "a result is beyond its limit by more than its uncertainty")
        return StateFace("FAIL", states.CROSS, states.WRONG, why)
    why = translate("trials", "not everything is known well enough to say pass or fail")
    return StateFace("INCONCLUSIVE", states.QUESTION, states.ATTENTION, why)


def judgements(result: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rows under `JUDGED`."""
    return [
        (
            one["name"],
            _with_unsure(one["result_percent"], one["expanded_percent"]),
            f"± {one['limit_percent']:g} %",
            f"{_SIGNS.get(one['verdict'], '?')} {one['verdict']}",
        )
        for one in result["judgements"]
    ]


def figures(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of what a trial found."""
    translate = QCoreApplication.translate
    unsure = result["mean_error_expanded_percent"]
    rows = [(translate("trials", "Mean error A"), _with_unsure(result["mean_error_percent"], unsure))]
    if result["mean_error_b_percent"] is not None:
        b = _with_unsure(result["mean_error_b_percent"], result["mean_error_b_expanded_percent"])
        rows.append((translate("trials", "Mean error B"), b))
    if result["mean_flow_ml_h"] is not None:
        rows.append((translate("trials", "Mean flow"), f"{result['mean_flow_ml_h']:.5g} mL/h"))
    if result["delivery_lag_s"] is not None:
        rows.append((translate("trials", "Delivery lag"), duration(result["delivery_lag_s"])))
    if result["true_mean_error_percent"] is not None:
        words = translate("trials", "{0}, by the model").format(percent(result["true_mean_error_percent"]))
        rows.append((translate("trials", "True mean error"), words))
    true_b = result.get("true_mean_error_b_percent")  # results of before do not have it
    if true_b is not None:
        words = translate("trials", "{0}, by the model").format(percent(true_b))
        rows.append((translate("trials", "True mean error B"), words))
    if result["refill"]:
        rows.append((translate("trials", "Refill"), result["refill"]["sentence"]))
    readings = result["readings"]["by_status"]
    counted = ", ".join(f"{count} {status}" for status, count in readings.items())
    rows.append((translate("trials", "Readings"), counted or translate("trials", "none")))
    return rows


def remarks(result: dict[str, Any]) -> list[str]:
    """Deviations, and what is to be said of the data; empty when there is nothing."""
    said = [str(one) for one in result["deviations"]]
    if result["why"]:
        said.insert(0, str(result["why"]))
    for delivery in result["deliveries"]:
        found = delivery["quality"]["remarks"] if delivery["quality"] else ()
        said += [f"data of step {delivery['step']}: {remark}" for remark in found]
    return said


def forming_in_words(forming: Forming) -> str:
    """The mean error as far as it has come, on a line; of a delivery with an error B, that on another."""
    translate = QCoreApplication.translate
    found = (forming.mean_error_percent, forming.expanded_percent, forming.analysed_to_min)
    if forming.error_b is None:
        return _forming(translate("trials", "mean error"), forming.analyse_min, *found)
    b = forming.error_b
    found_b = (b.mean_error_percent, b.expanded_percent, b.analysed_to_min)
    return "\n".join(
        (
            _forming(translate("trials", "mean error A"), forming.analyse_min, *found),
            _forming(translate("trials", "mean error B"), b.analyse_min, *found_b),
        )
    )


def _forming(
    name: str, analyse_min: tuple[float, float], error: float | None, unsure: float | None, to: float | None
) -> str:
    translate = QCoreApplication.translate
    start, end = analyse_min
    if error is None or to is None:
        words = translate("trials", "{0}: analysed from minute {1} to {2}; not there yet")
        return words.format(name, f"{start:g}", f"{end:g}")
    value = _with_unsure(error, unsure)
    if to >= end:
        return translate("trials", "{0} {1}, minutes {2} to {3}").format(
            name, value, f"{start:g}", f"{end:g}"
        )
    return translate("trials", "{0} so far {1}, minutes {2} to {3} of {4}").format(
        name, value, f"{start:g}", f"{to:.1f}", f"{end:g}"
    )


def clock(now: Progress) -> str:
    """How far it is, as a clock shows it."""
    return QCoreApplication.translate("trials", "{0} of about {1}").format(
        format_clock(now.time_s), format_clock(max(now.total_s, now.time_s))
    )


def earlier_cells(one: Earlier) -> tuple[str, ...]:
    """The cells of the list of earlier trials, under `EARLIER`."""
    name = f"{one.name} · {SIMULATED}" if one.simulated else one.name
    without = "–" if one.calibration else QCoreApplication.translate("trials", "not ended")
    damaged = QCoreApplication.translate("trials", "⚠ damaged")
    verdict = damaged if one.damage else one.verdict or without
    error = "–" if one.mean_error_percent is None else _with_unsure(
        one.mean_error_percent, one.mean_error_expanded_percent
    )  # fmt: skip
    return (moment(one.began or None), name, one.who or "–", verdict, error, one.folder.name)


def stroke_rows(told: dict[str, Any]) -> list[tuple[str, ...]]:
    """The strokes that a calibration found, under `STROKES`."""
    return [
        (
            f"{one['speed_mdeg_s'] / 1000:.3f} °/s",
            f"{one['stroke_nl'] / 1000:.4f} µL/rev",
            expanded(one["expanded_percent"]),
        )
        for one in told["uncertainty"]
    ]


def calibration_figures(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of what a calibration found besides the strokes, and of where it is."""
    translate = QCoreApplication.translate
    sensor, rotor_map = told["fit"]["sensor"], told["fit"]["rotor_map"]
    rows = [(translate("trials", "Tube set"), str(told["tube_set"]))]
    if sensor is not None:
        gain = f"{sensor['gain']:.4f} ± {2 * sensor['u_gain']:.4f}"
        zero = f"{sensor['zero_nl_h'] / 1000:.2f} ± {2 * sensor['u_zero_nl_h'] / 1000:.2f} µL/h"
        rows += [
            (translate("trials", "Sensor gain (k = 2)"), gain),
            (translate("trials", "Sensor zero (k = 2)"), zero),
        ]
    if rotor_map is not None:
        ripple, lag = 100 * rotor_map["ripple"], rotor_map["lag_s"]
        rows.append((translate("trials", "Rotor map"), f"ripple {ripple:.1f} %, lag {lag:.2f} s"))
    where = [translate("trials", "the board"), Path(told["file"]).name]
    if told["calibration_id"]:
        where.append(translate("trials", "the database, as calibration {0}").format(told["calibration_id"]))
    return [*rows, (translate("trials", "Written to"), ", ".join(where))]


def _with_unsure(value: float | None, unsure: float | None) -> str:
    if value is None:
        return QCoreApplication.translate("trials", "not known")
    if unsure is None:
        return QCoreApplication.translate("trials", "{0}, U not known").format(percent(value))
    return f"{percent(value, unsure).removesuffix(' %')} ± {expanded(unsure)}"
