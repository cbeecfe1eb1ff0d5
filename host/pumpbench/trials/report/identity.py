"""The sections of a report that say what was tried with what, and on which data the figures rest."""

from datetime import UTC, datetime
from typing import Any

from pumpbench.files import trial as trial_file
from pumpbench.trials.conduct.folder import PROTOCOL, READINGS, Folder
from pumpbench.trials.conduct.words import DASH, duration, moment, number
from pumpbench.trials.report.parts import Section, Table
from pumpbench.units import RATE


def identification(result: dict[str, Any]) -> Section:
    """Who, what, with what, and the hashes of all of it."""
    about = result["about"]
    bundle, recording = about.get("bundle") or {}, result["recording"] or {}
    pump = about["pump"]
    versions = about["versions"]
    rows = [
        ("trial", result["name"]),
        ("carried out by", about["who"] or DASH),
        ("began", moment(about["began"])),
        ("ended", moment(result["ended"])),
        ("device under test", f"{pump['model']}, serial number {pump['serial_number'] or DASH}"),
    ]
    if pump["ours"]:
        firmware = bundle["firmware"]
        calibration = about.get("calibration")
        rows += [
            ("firmware", f"{firmware['firmware']}, hash {firmware['firmware_hash']}"),
            ("protocol of the link", f"{firmware['protocol']}, schema {firmware['schema']}"),
            ("tube set", _tube(bundle["tube_set"])),
            ("calibration in use", "none, nominal" if not calibration else _calibrated(calibration)),
            ("calibration in the database", _hash_of(bundle["calibration"])),
            ("telemetry", f"run {recording.get('run_id', about.get('run_id'))} of {about['database']}"),
        ]
    rows.append(("balance", f"{about['balance']['name']} ({about['balance']['protocol']})"))
    if about["plant"]:
        rows.append(("plant of the model", f"{about['plant']['file']}, SHA-256 {about['plant']['sha256']}"))
    if about["virtual_board"]:
        board = about["virtual_board"]
        told = f"{board['interpreter']}, seed {board['seed']}, speed {board['speed']}"
        rows.append(("virtual board", told))
    rows += [(f"SHA-256 of {name}", digest) for name, digest in result["hashes"].items()]
    rows += [
        ("SHA-256 of the run bundle", about["bundle_sha256"]),
        ("made with", f"pumpbench {versions['pumpbench']}, Python {versions['python']}, numpy "
         f"{versions['numpy']}, {versions['system']}"),
    ]  # fmt: skip
    return Section("Identification", [Table(rows, widths=(1, 2.6))])


def conditions(folder: Folder, result: dict[str, Any]) -> Section:
    """Liquid, air, balance, and how it was analysed."""
    trial = trial_file.loads(folder.protocol_text, folder.path / PROTOCOL)
    liquid, balance = trial.liquid, trial.balance
    start, end = trial.analyse_s
    rows = [
        ("set rate", RATE.format(trial.rate_nl_h)),
        ("liquid", liquid.name),
        ("a gram is", result["liquid"]),
        ("temperature", number(liquid.temperature_c, "°C")),
        ("air pressure", number(liquid.air_pressure_hpa, "hPa")),
        ("evaporation corrected", number(liquid.evaporation_mg_h or 0.0, "mg/h")),
        ("balance", f"read every {duration(balance.read_every_s)}; resolution "
         f"{number(balance.resolution_mg, 'mg')}, repeatability {number(balance.repeatability_mg, 'mg')}, "
         f"drift {number(balance.drift_mg_h, 'mg/h')}"),
        ("analysis", f"samples of {duration(trial.interval_s)}, windows of "
         f"{', '.join(f'{window:g}' for window in trial.windows_min)} min, {duration(start)} to "
         f"{duration(end)} after the start of the delivery"),
    ]  # fmt: skip
    if trial.trial.note:
        rows.append(("note", trial.trial.note))
    return Section("Conditions", [Table(rows, widths=(1, 2.6))])


def steps(folder: Folder) -> Section:
    """What was done when."""
    trial = trial_file.loads(folder.protocol_text, folder.path / PROTOCOL)
    journal = folder.journal()
    began = {entry["index"]: entry["time_s"] for entry in journal if entry["what"] == "step"}
    ended = {entry["index"]: entry["time_s"] for entry in journal if entry["what"] == "step ended"}
    rows = [
        (
            str(index + 1),
            trial.step_text(step),
            number(began.get(index), "s", 6),
            number(ended.get(index), "s", 6),
        )
        for index, step in enumerate(trial.steps)
    ]
    return Section("Steps", [Table(rows, ("", "step", "began", "ended"), (0.3, 4, 1.1, 1.1))])


def raw_data(result: dict[str, Any]) -> Section:
    """How many readings there are, and of which kind."""
    told = result["readings"]
    kinds = ", ".join(f"{count} {status}" for status, count in sorted(told["by_status"].items()))
    rows = [
        ("readings", f"{told['count']}: {kinds}" if told["count"] else "none"),
        ("from, to", f"{number(told['first_s'], 's', 7)} to {number(told['last_s'], 's', 7)}"),
        ("kept in", f"{READINGS}, every line as the balance sent it"),
        ("drift seen while nothing was delivered", number(result["drift_observed_mg_h"], "mg/h", 3)),
    ]
    quality = (result["recording"] or {}).get("quality")
    if quality:
        rows.append(("telemetry", f"{quality['records']} records, {quality['missing_records']} missing, "
                     f"{quality['resets']} resets, {quality['reconnects']} reconnects"))  # fmt: skip
    return Section("Raw data", [Table(rows, widths=(1, 2.6))])


def _tube(tube: dict[str, Any] | None) -> str:
    if not tube:
        return "none stated"
    return (
        f"{tube['number']}, {tube['kind']}, lot {tube['lot'] or DASH}, {tube['revolutions']:.0f} revolutions"
    )


def _calibrated(calibration: dict[str, Any]) -> str:
    made = datetime.fromtimestamp(calibration["made_at_s"], UTC)
    return f"tube set {calibration['tube_set']}, of {made:%Y-%m-%d %H:%M} UTC"


def _hash_of(calibration: dict[str, Any]) -> str:
    return DASH if not calibration["sha256"] else f"{calibration['id']}, SHA-256 {calibration['sha256']}"
