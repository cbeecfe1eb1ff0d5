"""A guided gravimetric calibration, from a tube set in the head to a calibration on the board.

All that it rests on is kept: every line that the balance said, raw points, conditions, uncertainty, expiry.
"""

import contextlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pumpbench.balances import Balance, NoBalance, Reading, open_balance
from pumpbench.calibrating import Fitted
from pumpbench.client import Client, connect
from pumpbench.conduct.cancel import Cancel, Cancelled
from pumpbench.files import calibration as calibration_file
from pumpbench.files import plant as plant_file
from pumpbench.files import toml
from pumpbench.store import Store
from pumpbench.trials.conduct.folder import CALIBRATION, Folder
from pumpbench.trials.conduct.job import Progress
from pumpbench.trials.density import Liquid
from pumpbench.trials.knowledge import DENSITY_HALF_WIDTH_G_ML, GAIN_PPM
from pumpbench.tuning.errors import TuningError
from pumpbench.tuning.gravimetric import Measured, Plan, measure
from pumpbench.tuning.stand import Stand
from pumpbench.virtual.board import VirtualBoard
from pumplink.numbers import SMALL

VIRTUAL = "virtual"
FULL_SPEED = "max"
FILE = "calibration.toml"
DAY_S = 86_400
USUAL_DAYS = 7.0
_BARE = SMALL  # a number that no laboratory gives: the tube set that is measured counts as not calibrated
_VIRTUAL_TUBE_SET = 1
_SPARE = 1.3
_K = 2.0


@dataclass(frozen=True)
class CalibrationJob:
    """One calibration.

    Attributes:
        out: a new folder, for raw readings, points and the calibration's file.
        port: the pump's pyserial URL, or "virtual". balance: the balance's; None takes the virtual board's.
        protocol: what the balance speaks.
        tube_set: number of the tube set in the head; None takes the one that the board says is fitted.
        days: for which it counts.
        density_g_ml: of the liquid.
        db: the laboratory's database; not used for a tube set that it does not know on a virtual board.
        ask: told what a person has to do; returns when it is done, or when the calibration is to end. None:
            nobody is there.
        say: told what begins.
        on_progress: told where it stands, wherever it waits.
        cancel: ends it from another thread: the pump is stopped, readings are kept, nothing is fitted or
            written to the board.

    The callbacks are called in the thread that calibrates, and hold it up until they return.
    """

    out: Path
    port: str = VIRTUAL
    balance: str | None = None
    protocol: str = "mt-sics"
    tube_set: int | None = None
    days: float = USUAL_DAYS
    density_g_ml: float = 0.998
    fluid: str = "water"
    plan: Plan = field(default_factory=Plan)
    db: Path | None = None
    who: str | None = None
    speed: float | str = FULL_SPEED
    seed: int | None = None
    plant: Path | None = None
    ask: Callable[[str], None] | None = None
    say: Callable[[str], None] = lambda sentence: None
    on_progress: Callable[[Progress], None] = lambda progress: None
    cancel: Cancel = field(default_factory=Cancel)


def calibrate_pump(job: CalibrationJob) -> dict[str, Any]:
    """Measure, fit, store, and write to the board; returns what was found.

    Raises `TuningError`, ``FitError``, ``BalanceError``, ``ClientError``, ``StoreError``, ``Cancelled``.
    Until the fit is made the board's calibration is as it was, but for the tube set that it believes to be in
    its head.
    """
    virtual = job.port == VIRTUAL
    if not virtual and job.balance is None:
        raise TuningError("no balance is named: give its port with --balance")
    if job.out.exists() and (not job.out.is_dir() or any(job.out.iterdir())):
        raise TuningError(f"{job.out} is there already; name a new folder")
    with contextlib.ExitStack() as closing:
        board = closing.enter_context(_board(job)) if virtual else None
        balance = open_balance(job.balance or (board.balance_port if board else ""), job.protocol)
        closing.callback(balance.close)
        if (first := balance.read()).status in ("silent", "gone", "garbled"):
            raise NoBalance(f"{job.balance or 'balance'}: {first.sentence}")
        balance.identify()
        now = _Now(job)
        stand = Stand(job.cancel, now.tell)
        client = closing.enter_context(
            connect(
                board.port if board else job.port,
                on_records=stand.take,
                manual=board is not None and job.speed == FULL_SPEED,
            )
        )
        if job.ask is None and not client.info.simulated:
            raise TuningError("somebody has to close the line for the sensor's zero: start from a terminal")
        tube_set = _tube_set(job, client)
        store = _store(job, client, tube_set, closing)
        folder = _folder(job, client, balance)
        closing.callback(folder.close)
        by_grants = board if board is not None and job.speed == FULL_SPEED else None
        kept = _Kept(balance, folder, client)
        stand.use(client, by_grants, kept)
        now.begin(client, kept)
        measured = _measure(job, now, stand, folder, client, board, tube_set)
        return _finish(job, folder, client, store, tube_set, measured)


def _measure(
    job: CalibrationJob,
    now: "_Now",
    stand: Stand,
    folder: Folder,
    client: Client,
    board: VirtualBoard | None,
    tube_set: int,
) -> Measured:
    def say(sentence: str) -> None:
        folder.note(_now_s(client), "step", sentence=sentence)
        now.step = sentence
        job.say(sentence)

    def valve(closed: bool) -> None:
        if board is not None:
            board.control.fault("occlusion", 1.0 if closed else 0.0)
        elif job.ask is not None:
            job.ask("Close the line behind the flow sensor now." if closed else "Open the line now.")
            job.cancel.check()

    contents_nl = round(_SPARE * 1e5 * sum(revolutions for _, revolutions in job.plan.flows)) + 1_000_000
    client.set_contents(0, contents_nl)
    client.fit_tube(_BARE)
    try:
        return measure(stand, job.density_g_ml, job.plan, say=say, valve=valve)
    except Cancelled as cancelled:
        client.stop()
        folder.note(
            _now_s(client), "stopped", sentence=f"the calibration was ended before it was over: {cancelled}"
        )
        raise
    finally:
        client.stop()
        client.fit_tube(tube_set)


def _finish(
    job: CalibrationJob,
    folder: Folder,
    client: Client,
    store: Store | None,
    tube_set: int,
    measured: Measured,
) -> dict[str, Any]:
    fitted = measured.fitted()
    made_at_s = int(time.time())
    wire = fitted.wire(tube_set, made_at_s, made_at_s + round(job.days * DAY_S))
    raw = [asdict(weighing) for weighing in measured.weighings]
    conditions = {
        "fluid": job.fluid,
        "density_g_ml": job.density_g_ml,
        "temperature_c": raw[-1]["temperature_c"],
        "rests": [asdict(rest) for rest in measured.rests],
        "drift_mg_h": measured.drift_mg_h,
        "balance": folder.about["balance"],
        "simulated": client.info.simulated,
        "uncertainty": _uncertainty(job, fitted),
    }
    toml.write_new(folder.path / FILE, calibration_file.text(wire))
    client.request("calibration_set", **wire)
    if client.calibration().made_at_s != made_at_s:
        raise TuningError(
            f"the board does not use the calibration; `pumpbench calibrate write {folder.path / FILE}`"
        )
    stored = None
    if store is not None:
        stored = store.calibrations.add(
            tube_set,
            wire,
            raw,
            conditions,
            who=job.who,
            made_wall_us=made_at_s * 1_000_000,
            expires_wall_us=wire["expires_at_s"] * 1_000_000,
        )
    told = {
        "tube_set": tube_set,
        "calibration_id": stored,
        "made_at_s": made_at_s,
        "expires_at_s": wire["expires_at_s"],
        "points": raw,
        "conditions": conditions,
        "fit": _told(fitted),
        "uncertainty": conditions["uncertainty"],
        "simulated": client.info.simulated,
        "file": str(folder.path / FILE),
        "hashes": folder.hashes(),
    }
    folder.note(_now_s(client), "ended", calibration_id=stored)
    folder.write_json(CALIBRATION, told)
    return told


def _told(fitted: Fitted) -> dict[str, Any]:
    """The fit, for JSON; uncertainties are standard ones."""
    strokes, sensor, rotor_map = fitted.strokes, fitted.sensor, fitted.rotor_map
    return {
        "strokes": [
            {"speed_mdeg_s": speed, "stroke_nl": stroke, "u_nl": u} for speed, stroke, u in strokes.points
        ],
        "chi2": None if math.isnan(strokes.chi2) else strokes.chi2,
        "slip_per_kpa": strokes.slip_per_kpa,
        "warming_per_c": strokes.warming_per_c,
        "sensor": None
        if sensor is None
        else {
            "gain": sensor.gain,
            "u_gain": sensor.u_gain,
            "zero_nl_h": sensor.zero_nl_h,
            "u_zero_nl_h": sensor.u_zero_nl_h,
        },
        "rotor_map": None
        if rotor_map is None
        else {
            "ripple": rotor_map.ripple,
            "lag_s": rotor_map.lag_s,
            "u_mean": float(rotor_map.u_relative.mean()),
        },
    }  # fmt: skip


def _uncertainty(job: CalibrationJob, fitted: Fitted) -> list[dict[str, float]]:
    """The expanded uncertainty of each stroke, k = 2: what the fit leaves, and what all weighings share
    (density and buoyancy of the liquid, the balance's gain, each as a half-width)."""
    liquid = Liquid.given(job.density_g_ml, DENSITY_HALF_WIDTH_G_ML)
    halves = (liquid.density_half_ppm or 0.0, liquid.buoyancy_half_ppm, GAIN_PPM)
    shared = math.sqrt(sum(half * half for half in halves) / 3.0) * 1e-6
    return [
        {
            "speed_mdeg_s": speed,
            "stroke_nl": stroke,
            "expanded_nl": _K * math.hypot(u, shared * stroke),
            "expanded_percent": 100.0 * _K * math.hypot(u / stroke, shared),
        }
        for speed, stroke, u in fitted.strokes.points
    ]


class _Now:
    """Tells how far the calibration is."""

    def __init__(self, job: CalibrationJob) -> None:
        self.step = "filling the line"
        self._job = job
        self._client: Client | None = None

    def begin(self, client: Client, balance: "_Kept") -> None:
        """The clock and the balance are there."""
        self._client, self._balance = client, balance
        self._began_s = _now_s(client)
        nominal_nl = client.calibration().stroke_nl
        self._total_s = self._job.plan.expected_s(nominal_nl)

    def tell(self) -> None:
        """Say where it stands."""
        if self._client is None:
            return
        time_s, mass_g = _now_s(self._client) - self._began_s, self._balance.mass_g
        simulated = self._client.info.simulated
        self._job.on_progress(Progress(self.step, time_s, self._total_s, mass_g, simulated))


class _Kept:
    """A balance of which every reading is kept; `mass_g` is the newest weight."""

    def __init__(self, balance: Balance, folder: Folder, client: Client) -> None:
        self.name = balance.name
        self.mass_g: float | None = None
        self._balance = balance
        self._folder = folder
        self._client = client

    def read(self) -> Reading:
        """See `Balance`."""
        reading = self._balance.read()
        self._folder.add_reading(_now_s(self._client), reading)
        self.mass_g = reading.mass_g
        return reading

    def zero(self) -> str | None:
        """See `Balance`."""
        return self._balance.zero()

    def identify(self) -> str:
        """See `Balance`."""
        return self.name

    def close(self) -> None:
        """See `Balance`."""
        self._balance.close()


def _now_s(client: Client) -> float:
    """The board's clock, beside which the telemetry stands."""
    return client.status().time_us / 1e6


def _board(job: CalibrationJob) -> VirtualBoard:
    tables = {} if job.plant is None else toml.read(job.plant)
    return VirtualBoard(
        speed=job.speed,
        seed=job.seed,
        plant=plant_file.parse({"reservoir": {"contents_ml": 1000.0}} | tables, job.plant or "the plant"),
    )


def _tube_set(job: CalibrationJob, client: Client) -> int:
    if job.tube_set is not None:
        return job.tube_set
    fitted = client.calibration().tube_set
    if fitted in (0, _BARE):
        if client.info.simulated:
            return _VIRTUAL_TUBE_SET
        raise TuningError("no tube set is fitted: `pumpbench tube new`, then `pumpbench tube fit NUMBER`")
    return fitted


def _store(job: CalibrationJob, client: Client, tube_set: int, closing: contextlib.ExitStack) -> Store | None:
    """The database that knows the tube set; a virtual board's may know none."""
    if client.info.simulated and (job.db is None or job.tube_set is None):
        return None
    store = closing.enter_context(Store(job.db, who=job.who))
    store.tubes.get(tube_set)
    return store


def _folder(job: CalibrationJob, client: Client, balance: Balance) -> Folder:
    about = {
        "format": 1,
        "name": "calibration",
        "board": client.info.board,
        "unique_id": client.info.unique_id,
        "firmware": client.info.firmware,
        "firmware_hash": client.info.firmware_hash,
        "simulated": client.info.simulated,
        "balance": balance.name,
        "plan": asdict(job.plan),
    }
    return Folder.begin(job.out, json.dumps(asdict(job.plan), indent=1) + "\n", about)
