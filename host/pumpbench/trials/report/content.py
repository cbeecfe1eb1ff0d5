"""What a report says, whatever the page looks like: made from a trial's result."""

from typing import Any

from pumpbench.trials.conduct.folder import Folder
from pumpbench.trials.conduct.result import ERROR_A, ERROR_B, TRUMPET, TRUMPET_B
from pumpbench.trials.conduct.words import DASH, duration, expanded, number, percent, volume
from pumpbench.trials.report import plots
from pumpbench.trials.report.identity import conditions, identification, raw_data, steps
from pumpbench.trials.report.parts import Content, Section, Table

BENCH_ONLY = "Bench and laboratory use only. Never on a patient."
RULE = (
    "Decision rule: pass when |result| + U is within the limit, fail when |result| - U is outside it, "
    "inconclusive between, and when U is not known. U is the expanded uncertainty, k = 2."
)
_SIMULATED = "SIMULATED: board, pump or balance of this trial is a model. No figure here was measured."


def content(folder: Folder, result: dict[str, Any]) -> Content:
    """Return what the report of a trial says."""
    about = result["about"]
    simulated = bool(result["simulated"])
    parts = [
        _verdict(result),
        identification(result),
        conditions(folder, result),
        steps(folder),
        raw_data(result),
        *[one for delivery in result["deliveries"] for one in _delivery(delivery, result, simulated)],
        *[_boluses(one) for one in result["boluses"]],
        *[_occlusion(one) for one in result["occlusions"]],
        *([_refill(result["refill"])] if result["refill"] else []),
        _quality(result),
    ]
    return Content(
        title="Flow-accuracy trial",
        subtitle=result["name"],
        verdict=result["verdict"],
        verdict_sentence=_sentence(result),
        simulated=simulated,
        notice=_SIMULATED if simulated else "",
        footer=f"{result['name']} · bundle {about['bundle_sha256'][:16]} · {BENCH_ONLY}",
        sections=parts,
    )


def limits_of(
    step: int, told: dict[str, Any], result: dict[str, Any], mean: str = ERROR_A, trumpet: str = TRUMPET
) -> tuple[list[float | None], float | None]:
    """The limits of the windows in `told`, one a window, and of its mean error, as judgements name them."""
    own = {
        one["name"].split(": ", 1)[1]: one["limit_percent"]
        for one in result["judgements"]
        if one["name"].startswith(f"step {step}: ")
    }
    windows = [own.get(f"{trumpet}, {window['window_min']:g} min") for window in told["trumpet"]]
    return windows, own.get(mean)


def _sentence(result: dict[str, Any]) -> str:
    words = {
        "pass": "The pump keeps all limits, the uncertainty included.",
        "fail": "The pump does not keep its limits, the uncertainty included.",
        "inconclusive": "The uncertainty, or what is missing, does not allow a verdict.",
    }
    failed = [one["name"] for one in result["judgements"] if one["verdict"] == result["verdict"] != "pass"]
    more = f" ({'; '.join(failed)})" if failed else ""
    return words[result["verdict"]] + more


def _verdict(result: dict[str, Any]) -> Section:
    rows = [
        (
            one["name"],
            percent(one["result_percent"], one["expanded_percent"]),
            expanded(one["expanded_percent"]),
            f"{one['limit_percent']:g} %",
            one["verdict"],
        )
        for one in result["judgements"]
    ]
    table = Table(rows, ("judged", "result", "U (k = 2)", "limit", "verdict"), (4, 1.6, 1.4, 1.2, 1.6), True)
    return Section("Verdict", [table, RULE])


def _delivery(delivery: dict[str, Any], result: dict[str, Any], simulated: bool) -> list[Section]:
    title = f"Step {delivery['step']}: {delivery['text']}"
    if delivery["why"]:
        return [Section(title, [f"There are no figures: {delivery['why']}."])]
    error, unsure = delivery["mean_error_percent"], delivery["mean_error_expanded_percent"]
    rows = [
        ("set rate r", number(delivery["rate_ml_h"], "mL/h")),
        ("mean flow Q", number(delivery["mean_flow_ml_h"], "mL/h")),
        ("mean error A", f"{percent(error, unsure)}, U (k = 2) {expanded(unsure)}"),
        ("delivery lag", duration(delivery["delivery_lag_s"])),
    ]
    rows += _ripple(delivery)
    if delivery["true_mean_error_percent"] is not None:
        rows.append(("true mean error of the model", percent(delivery["true_mean_error_percent"], 0.001)))
    windows, mean_limit = limits_of(delivery["step"], delivery, result)
    start, end = delivery["analyse_min"]
    return [
        Section(
            title,
            [
                f"Analysed from {start:g} to {end:g} min after the start, in samples of "
                f"{delivery['interval_s']:g} s. All errors refer to the set rate.",
                Table(rows, widths=(1, 2)),
                plots.startup_plot(delivery, simulated),
                plots.trumpet_plot(delivery, windows, simulated, mean_limit),
            ],
        ),
        Section(
            f"Step {delivery['step']}: trumpet and uncertainty", [_trumpet(delivery), *_budget(delivery)]
        ),
        *_end_of_life(delivery, result, simulated),
    ]


def _end_of_life(delivery: dict[str, Any], result: dict[str, Any], simulated: bool) -> list[Section]:
    """Error B and its trumpet, where the delivery ends a tube set's life."""
    told = delivery["end_of_life"]
    if told is None:
        return []
    title = f"Step {delivery['step']}: end of the tube set's life"
    if told["why"]:
        return [Section(title, [f"There are no figures: {told['why']}."])]
    start, end = told["analyse_min"]
    error, unsure = told["mean_error_percent"], told["mean_error_expanded_percent"]
    rows = [
        ("mean flow Q", number(told["mean_flow_ml_h"], "mL/h")),
        ("mean error B", f"{percent(error, unsure)}, U (k = 2) {expanded(unsure)}"),
    ]
    if error is not None and delivery["mean_error_percent"] is not None:
        rows.append(("B less A", percent(error - delivery["mean_error_percent"], unsure)))
    if told["true_mean_error_percent"] is not None:
        rows.append(("true mean error of the model", percent(told["true_mean_error_percent"], 0.001)))
    windows, mean_limit = limits_of(delivery["step"], told, result, ERROR_B, TRUMPET_B)
    plot = plots.trumpet_plot(told, windows, simulated, mean_limit, "B")
    lead = f"Analysed from {start:g} to {end:g} min after the start, the last part of the delivery."
    return [Section(title, [lead, Table(rows, widths=(1, 2)), plot, _trumpet(told), *_budget(told)])]


def _ripple(delivery: dict[str, Any]) -> list[tuple[str, str]]:
    """The pulsation, apart from the trumpet, and the mean error over whole revolutions."""
    told = delivery["ripple"]
    if told is None:
        return []
    rows = []
    if told["wave"] is not None:
        wave = told["wave"]
        rows.append(
            (
                "pulsation, peak to peak",
                f"{number(wave['peak_to_peak_percent'], '%', 3)} of the mean flow, every "
                f"{duration(1.0 / wave['frequency_hz'])} ({told['frequency_of']})",
            )
        )
    if told["whole_revolutions"]:
        error = percent(told["mean_error_over_them_percent"], delivery["mean_error_expanded_percent"])
        rows.append((f"mean error over {told['whole_revolutions']} whole revolutions", error))
    return rows


def _trumpet(delivery: dict[str, Any]) -> Table:
    rows = [
        (
            f"{one['window_min']:g} min",
            percent(one["max_percent"], one["expanded_percent"]),
            percent(one["min_percent"], one["expanded_percent"]),
            expanded(one["expanded_percent"]),
            DASH if one["noise_bias_percent"] is None else f"{one['noise_bias_percent']:.2g} %",
            str(one["windows_used"]),
            str(one["windows_skipped"]),
        )
        for one in delivery["trumpet"]
    ]
    head = ("window", "Ep(max)", "Ep(min)", "U (k = 2)", "noise bias", "used", "skipped")
    return Table(rows, head, (1.1, 1.2, 1.2, 1.2, 1.2, 0.8, 0.9))


def _budget(delivery: dict[str, Any]) -> list[str | Table]:
    told = delivery["budget"]["mean_error"]
    rows = [
        (
            one["contribution"],
            DASH if one["value"] is None else number(one["value"], one["unit"], 4),
            one["distribution"],
            one["basis"],
            "not stated" if one["standard_percent"] is None else f"{one['standard_percent']:.2g} %",
        )
        for one in told["contributions"]
    ]
    combined = told["combined_percent"]
    rows += [
        ("combined", "", "", "", "not known" if combined is None else f"{combined:.2g} %"),
        ("expanded, k = 2", "", "", "", expanded(told["expanded_percent"])),
    ]
    head = ("contribution to the mean error", "value", "distribution", "basis", "standard uncertainty")
    return [
        "Noise widens the trumpet: by its noise bias on average, upwards at Ep(max), downwards at Ep(min).",
        Table(rows, head, (2.6, 1.2, 1.3, 1, 1.5)),
        "Uncertainty after the GUM, in percent of the set volume. What was assumed and not stated for this "
        "trial says so; a contribution that nobody stated leaves U unknown.",
    ]


def _boluses(told: dict[str, Any]) -> Section:
    title = f"Step {told['step']}: {told['text']}"
    if told["why"]:
        return Section(title, [f"There are no figures: {told['why']}."])
    unsure = told["mean_expanded_percent"]
    rows = [
        ("weighed", f"{told['weighed']} of {told['count']}"),
        ("mean", volume(told["mean_ml"])),
        ("mean error", f"{percent(told['mean_error_percent'], unsure)}, U (k = 2) {expanded(unsure)}"),
        ("largest error above", percent(told["max_error_percent"], told["each_expanded_percent"])),
        ("largest error below", percent(told["min_error_percent"], told["each_expanded_percent"])),
        ("standard deviation", "–" if told["spread_percent"] is None else f"{told['spread_percent']:.2g} %"),
        ("U of a single bolus (k = 2)", expanded(told["each_expanded_percent"])),
    ]
    return Section(title, [Table(rows, widths=(1, 2))])


def _occlusion(told: dict[str, Any]) -> Section:
    unsure = told["bolus_expanded_ml"]
    bolus = volume(told["bolus_ml"]) + (f", U (k = 2) {volume(unsure)}" if unsure else "")
    rows = [
        ("time to the alarm", duration(told["time_to_alarm_s"])),
        ("alarm", ", ".join(told["alarms"]) or "none"),
        ("highest pressure", number(told["pressure_kpa"], "kPa", 4)),
        ("volume released when the line was opened", bolus),
    ]
    return Section(f"Step {told['step']}: {told['text']}", [Table(rows, widths=(1, 2))])


def _refill(told: dict[str, Any]) -> Section:
    flow = f"{number(told['flow_ml_day'], 'mL/day', 4)}{' or more' if told['dry'] else ''}"
    rows = [
        ("filled", number(told["filled_ml"], "mL", 4)),
        ("dead volume", number(told["dead_volume_ml"], "mL", 4)),
        ("time", number(told["days"], "days", 4)),
        ("expected residual", number(told["expected_residual_ml"], "mL", 4)),
        ("returned", number(told["returned_ml"], "mL", 4)),
        ("flow by the refill", flow),
        ("nominal flow", number(told["nominal_ml_day"], "mL/day", 4)),
        ("flow accuracy", percent(told["accuracy_percent"], 0.1)),
        ("action level", f"±{told['action_level_percent']:g} %"),
        ("so", told["sentence"]),
    ]
    return Section("Refill", [Table(rows, widths=(1, 2))])


def _quality(result: dict[str, Any]) -> Section:
    said = [_as_sentence(deviation) for deviation in result["deviations"]]
    for delivery in result["deliveries"]:
        if delivery["quality"] is not None:
            said += [f"Step {delivery['step']}: {remark}." for remark in delivery["quality"]["remarks"]]
            skipped = sum(window["windows_skipped"] for window in delivery["trumpet"])
            if skipped:
                said.append(f"Step {delivery['step']}: {skipped} windows touch a gap and were not used.")
    return Section("Deviations and data quality", [*(said or ["None: the data are complete."])])


def _as_sentence(text: str) -> str:
    """A remark that begins with a capital and ends with a mark."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(("?", "!")) else ".")
