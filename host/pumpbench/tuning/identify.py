"""System identification: the ripple's shape and spectrum, the line's lag, the step response. By the flow
sensor alone, on any board; with the map that comes of it on the board, everything once more."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pumpbench.calibrating import MapFit, Turning, fit_map
from pumpbench.client import connect
from pumpbench.client.records import Records
from pumpbench.files import plant as plant_file
from pumpbench.files import toml
from pumpbench.tuning.errors import TuningError
from pumpbench.tuning.stand import Stand
from pumpbench.tuning.truth import Array
from pumpbench.virtual.board import VirtualBoard
from pumplink.states import FLAG_HOMED, FLAG_SENSOR_VALID

LINES = 24  # of the spectrum: times a revolution
_FASTER = 4
_ML = 1_000_000
_FILL_NL_H, _FILL_TURNS = 20 * _ML, 2
_REST_S = 60.0
_STEP_S = 90
_SMOOTH_S = 1.0
_SETTLE_S = 130.0  # what the fit leaves out at the beginning of a turning, and a little
_PPT = 1000


@dataclass(frozen=True)
class Identified:
    """Flows are relative to their mean, by 2 degrees of the rotor; spectra are amplitudes in percent, 1 to
    `LINES` times a revolution; the step goes from rest to its final flow."""

    simulated: bool
    lag_s: float
    noise_nl_h: float
    stroke_nl: float
    rise_s: float
    overshoot_percent: float
    ripple_before_percent: float
    ripple_after_percent: float
    flow_before: tuple[float, ...]
    flow_after: tuple[float, ...]
    spectrum_before: tuple[float, ...]
    spectrum_after: tuple[float, ...]
    step_s: tuple[float, ...]
    step: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def strongest(self, count: int = 3) -> list[tuple[int, float]]:
        """The strongest lines without the map: times a revolution, amplitude in percent."""
        order = sorted(range(LINES), key=lambda line: -self.spectrum_before[line])[:count]
        return [(line + 1, self.spectrum_before[line]) for line in order]


def deliveries(rate_nl_h: int, revolutions: float, stroke_nl: float) -> list[tuple[int, int]]:
    """What `identify` turns, one after the other: (flow in nL/h, volume in nL)."""
    rates = (rate_nl_h, _FASTER * rate_nl_h)
    turned = [(rate, _turn_nl(rate, revolutions, stroke_nl)) for rate in rates]
    filling = (_FILL_NL_H, round(_FILL_TURNS * stroke_nl))
    return 2 * [filling, *turned] + [(rates[1], rates[1] * _STEP_S // 3600)]


def virtual(plant: Path | None, seed: int, rate_nl_h: int, revolutions: float) -> Identified:
    """Identify a virtual board at full speed. Raises `TuningError`, `FitError` and what the board raises."""
    tables = plant_file.parse(toml.read(plant) if plant else {}, plant or "the default plant")
    tables["reservoir"]["contents_ml"] = 1000.0
    with VirtualBoard(speed="max", seed=seed, plant=tables) as board:
        stand = Stand()
        with connect(board.port, on_records=stand.take, on_event=lambda event: None, manual=True) as client:
            client.set_reservoir(0, capacity_nl=1000 * _ML, contents_nl=1000 * _ML)
            return identify(stand.use(client, board), rate_nl_h, revolutions, keep=True)


def real(port: str, rate_nl_h: int, revolutions: float, *, keep: bool) -> Identified:
    """Identify the pump at this port; it must have a calibration, which is put back unless `keep`."""
    stand = Stand()
    with connect(port, on_records=stand.take) as client:
        if client.calibration().made_at_s == 0:
            raise TuningError("the fitted tube set has no calibration: `pumpbench calibrate run` makes one")
        return identify(stand.use(client, None), rate_nl_h, revolutions, keep=keep)


def identify(stand: Stand, rate_nl_h: int, revolutions: float, *, keep: bool) -> Identified:
    """Turn at two flows without a map and with the one that was found, then make a step."""
    client = stand.client
    before = client.calibration()
    stroke_nl = before.stroke_nl
    mine = replace(before, made_at_s=before.made_at_s or 1, rotor_map_ppt=None)
    client.set_calibration(mine)
    try:
        stand.run(_FILL_NL_H, volume_nl=round(_FILL_TURNS * stroke_nl))
        bare = _turn(stand, rate_nl_h, revolutions, stroke_nl)
        found = tuple(round(float(value) * _PPT) for value in bare.relative)
        client.set_calibration(replace(mine, lag_ms=round(bare.reading_lag_s * 1000), rotor_map_ppt=found))
        stand.run(_FILL_NL_H, volume_nl=round(_FILL_TURNS * stroke_nl))
        again = _turn(stand, rate_nl_h, revolutions, stroke_nl)
        stand.rest(_REST_S)
        step_s, step = _step(stand.run(_FASTER * rate_nl_h, duration_s=_STEP_S))
    finally:
        if not keep:
            client.set_calibration(before)
    after = again.relative / bare.relative
    after = after / after.mean()
    noise = float(np.hypot(again.u_relative, bare.u_relative).mean())
    rise_s = float(np.interp(1 - np.exp(-1), np.maximum.accumulate(step), step_s))
    return Identified(
        simulated=client.info.simulated,
        lag_s=bare.lag_s,
        noise_nl_h=bare.noise_nl_h,
        stroke_nl=bare.stroke_by_sensor_nl,
        rise_s=rise_s,
        overshoot_percent=100.0 * max(float(step.max()) - 1.0, 0.0),
        ripple_before_percent=100.0 * bare.ripple,
        ripple_after_percent=100.0 * float(np.sqrt(max(after.var() - noise**2, 0.0))),
        flow_before=_numbers(bare.relative),
        flow_after=_numbers(after),
        spectrum_before=_numbers(spectrum(bare.relative)),
        spectrum_after=_numbers(spectrum(after)),
        step_s=_numbers(step_s),
        step=_numbers(step),
    )


def spectrum(relative: Array) -> Array:
    """Amplitudes in percent of the mean, 1 to `LINES` times a revolution."""
    amplitude = 2.0 * np.abs(np.fft.rfft(relative)) / len(relative) / relative.mean()
    return np.asarray(100.0 * amplitude[1 : LINES + 1])


def _turn(stand: Stand, rate_nl_h: int, revolutions: float, stroke_nl: float) -> MapFit:
    turnings = []
    for rate in (rate_nl_h, _FASTER * rate_nl_h):
        records = stand.run(rate, volume_nl=_turn_nl(rate, revolutions, stroke_nl))
        turning = records[records["set_nl_h"] > 0]
        if "home-mark" in stand.client.info.capabilities:
            turning = turning[turning["flags"] & FLAG_HOMED != 0]
        turning = turning[turning["flags"] & FLAG_SENSOR_VALID != 0]
        if not len(turning):
            raise TuningError("the flow sensor gave no reading while the head turned")
        turnings.append(
            Turning(
                turning["time_us"] / 1e6,
                turning["rotor_mdeg"] / 1000.0,
                turning["measured_nl_h"].astype(float),
            )
        )
    return fit_map(turnings)


def _turn_nl(rate_nl_h: int, revolutions: float, stroke_nl: float) -> int:
    settle_nl = _SETTLE_S * rate_nl_h / 3600.0
    return round(revolutions * stroke_nl + settle_nl)


def _step(records: Records) -> tuple[Array, Array]:
    """Time since the start, and the flow over its final value, smoothed over a second."""
    turning = records[records["set_nl_h"] > 0]
    time_s = turning["time_us"] / 1e6
    time_s = time_s - time_s[0]
    flow = turning["measured_nl_h"].astype(float)
    final = flow[len(flow) // 2 :].mean()
    size = max(round(_SMOOTH_S / float(np.median(np.diff(time_s)))), 1)
    smooth = np.convolve(flow, np.ones(size) / size, mode="valid")
    return np.asarray(time_s[size // 2 : size // 2 + len(smooth)]), np.asarray(smooth / final)


def _numbers(values: Array) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
