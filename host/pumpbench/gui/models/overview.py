"""What the page Overview shows: figures with their units, what is to come and when, gauges, the program."""

import math
from dataclasses import dataclass, replace

from PyQt6.QtCore import QCoreApplication

from pumpbench.client import Program, Reservoir, Segment
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.gui.models import forecast
from pumpbench.gui.models.contact import date_text
from pumpbench.gui.models.state import MOVING
from pumpbench.gui.newest import Newest
from pumpbench.units import DURATION, PRESSURE, RATE, TEMPERATURE, VOLUME, format_clock
from pumplink.states import FLAG_PRESSURE_VALID, FLAG_SENSOR_AIR, FLAG_SENSOR_VALID

NOTHING = "–"
OK, LOW, EMPTY = "ok", "low", "empty"
_ON_SCHEDULE = ("running",)
_LEASE_WALL_S = 30  # the client asks for a lease that lasts this long by the wall, whatever the speed


@dataclass(frozen=True)
class Moment:
    """Something that is to come: what, in how long by the pump's clock, and when by the wall's."""

    what: str
    clock: str
    date: str


@dataclass(frozen=True)
class Gauge:
    """A reservoir; fractions are of its capacity."""

    index: int
    drug: str
    contents: str
    capacity: str
    fraction: float
    low_at: float
    empty_at: float
    level: str
    in_use: bool


@dataclass(frozen=True)
class SegmentRow:
    """One segment of the program; `fraction` of it is done, None when it is not the one under way."""

    kind: str
    what: str
    reservoir: int
    length: str
    fraction: float | None


@dataclass(frozen=True)
class Overview:
    """All texts are ready to be shown; `NOTHING` stands where there is no figure."""

    set_flow: str
    commanded: str
    measured: str
    measured_note: str
    delivered: str
    requested: str
    fraction: float | None
    left: str
    moments: tuple[Moment, Moment, Moment]
    pressure: str
    temperature: str
    rotor_deg: float | None
    turning: bool
    cable: str
    gauges: tuple[Gauge, ...]
    program: str
    segments: tuple[SegmentRow, ...]


def overview_of(snapshot: Snapshot, newest: Newest | None, speed: float) -> Overview:
    """Work out the page; `speed` is how many seconds of the board's pass in one of the wall's."""
    status, program = snapshot.status, snapshot.program
    spot = _spot(snapshot, newest)
    requested_nl = _requested_nl(snapshot)
    measured, note = _measured(snapshot, newest)
    valid = newest is not None and bool(newest.flags & FLAG_PRESSURE_VALID)
    unit = _unit(newest, status.rate_nl_h)
    return Overview(
        set_flow=RATE.format_as(newest.set_nl_h, unit) if newest else NOTHING,
        commanded=RATE.format_as(newest.flow_nl_h if newest else status.rate_nl_h, unit),
        measured=measured,
        measured_note=note,
        delivered=VOLUME.format(status.delivered_nl),
        requested=VOLUME.format(requested_nl) if requested_nl else "",
        fraction=min(1.0, status.delivered_nl / requested_nl) if requested_nl else None,
        left=VOLUME.format(max(0, requested_nl - status.delivered_nl)) if requested_nl else NOTHING,
        moments=_moments(snapshot, spot, speed),
        pressure=PRESSURE.format(newest.pressure_pa) if newest and valid else NOTHING,
        temperature=_temperature(newest),
        rotor_deg=newest.rotor_mdeg / 1000 if newest else None,
        turning=status.state in MOVING,
        cable=what_if_pulled(snapshot),
        gauges=tuple(
            gauge_of(one, newest is not None and newest.reservoir == one.index)
            for one in snapshot.reservoirs
            if one.capacity_nl
        ),
        program=_title(program) if program else "",
        segments=tuple(
            _row(one, program, spot.fraction if spot and spot.segment == index else None)
            for index, one in enumerate(program.segments)
        )
        if program
        else (),
    )


def what_if_pulled(snapshot: Snapshot) -> str:
    """What the pump does when the cable is pulled now, in a sentence."""
    translate = QCoreApplication.translate
    state, program = snapshot.status.state, snapshot.program
    if state == "moving":
        return translate("cable", "The set-up move ends by itself after its volume.")
    if state not in MOVING:
        return translate("cable", "Nothing: the pump stands.")
    if state == "bolus" and (snapshot.run is None or snapshot.run.watch):
        return translate("cable", "The bolus is delivered to its end, then the pump stands.")
    if program is None:
        return translate("cable", "Not known: this firmware does not say.")
    if program.mode != "attended":
        return translate("cable", "The pump goes on by itself to the end of the program.")
    if program.on_link_lost == "stop":
        return translate("cable", "After {0} s without this computer the pump stops.").format(_LEASE_WALL_S)
    return translate(
        "cable", "After {0} s without this computer the pump falls to its keep-open flow of {1}."
    ).format(_LEASE_WALL_S, RATE.format(program.keep_open_nl_h))


def _spot(snapshot: Snapshot, newest: Newest | None) -> forecast.Spot | None:
    under_way = snapshot.status.state in ("running", "paused", "keep-open", "interrupted")
    if snapshot.program is None or newest is None or not under_way:
        return None
    return forecast.spot_of(snapshot.program, newest.segment, snapshot.status.delivered_nl)


def _requested_nl(snapshot: Snapshot) -> int:
    if snapshot.run is not None and not snapshot.run.watch:
        return snapshot.run.requested_nl
    program = snapshot.program
    if program is None or snapshot.status.state == "bolus":
        return 0
    return round(program.repeat * sum(forecast.volume_of(one, program) for one in program.segments))


def _measured(snapshot: Snapshot, newest: Newest | None) -> tuple[str, str]:
    translate = QCoreApplication.translate
    if "flow-sensor" not in snapshot.info.capabilities:
        return NOTHING, translate("overview", "no flow sensor fitted")
    if newest is None:
        return NOTHING, translate("overview", "waiting for telemetry")
    if newest.flags & FLAG_SENSOR_AIR:
        return NOTHING, translate("overview", "the sensor sees air")
    if not newest.flags & FLAG_SENSOR_VALID:
        return NOTHING, translate("overview", "the sensor's reading is not trusted")
    return RATE.format_as(newest.measured_nl_h, _unit(newest, 0)), ""


def _unit(newest: Newest | None, rate_nl_h: int) -> str:
    """The unit that all three flows are shown in, so that they can be compared at a glance."""
    largest = max(newest.set_nl_h, newest.flow_nl_h, newest.measured_nl_h) if newest else rate_nl_h
    leading = newest.set_nl_h if newest and newest.set_nl_h else largest
    return next((unit for least, unit in RATE.shown if abs(leading) >= least), RATE.shown[-1][1])


def _temperature(newest: Newest | None) -> str:
    return TEMPERATURE.format(round(newest.temperature_mc, -2)) if newest else NOTHING


def _moments(snapshot: Snapshot, spot: forecast.Spot | None, speed: float) -> tuple[Moment, Moment, Moment]:
    translate = QCoreApplication.translate
    names = (
        translate("overview", "Next segment"),
        translate("overview", "End of program"),
        translate("overview", "Reservoir empty"),
    )
    program, state = snapshot.program, snapshot.status.state
    if program is None or spot is None or state not in _ON_SCHEDULE:
        held = translate("overview", "held") if spot is not None else NOTHING
        return (Moment(names[0], held, ""), Moment(names[1], held, ""), Moment(names[2], held, ""))

    def moment(name: str, in_s: float) -> Moment:
        return Moment(name, format_clock(round(in_s)), date_text(snapshot.seen_at_s + in_s / speed))

    last = spot.segment == len(program.segments) - 1 and spot.repeat == program.repeat - 1
    following = Moment(names[0], translate("overview", "none, this is the last"), "")
    dry = forecast.running_dry(program, spot, _reservoirs_at(snapshot))
    lasts = Moment(names[2], translate("overview", "not before the end"), "")
    return (
        following if last else moment(names[0], spot.left_s),
        moment(names[1], spot.to_end_s),
        lasts if dry is None else moment(names[2], dry.in_s),
    )


def _reservoirs_at(snapshot: Snapshot) -> list[Reservoir]:
    """The reservoirs, the one in use as it was in the very moment of the status."""
    program = snapshot.program
    in_use = {one.reservoir for one in program.segments} if program else set()
    return [
        replace(one, contents_nl=snapshot.status.remaining_nl) if in_use == {one.index} else one
        for one in snapshot.reservoirs
    ]


def gauge_of(one: Reservoir, in_use: bool) -> Gauge:
    """A reservoir that is defined, as a vessel."""
    level = EMPTY if one.contents_nl <= one.empty_at_nl else LOW if one.contents_nl <= one.low_at_nl else OK
    return Gauge(
        index=one.index,
        drug=one.drug,
        contents=VOLUME.format(one.contents_nl),
        capacity=VOLUME.format(one.capacity_nl),
        fraction=min(1.0, one.contents_nl / one.capacity_nl),
        low_at=one.low_at_nl / one.capacity_nl,
        empty_at=one.empty_at_nl / one.capacity_nl,
        level=level,
        in_use=in_use,
    )


def _title(program: Program) -> str:
    translate = QCoreApplication.translate
    if program.repeat == 1:
        return program.name
    return translate("overview", "{0}, {1} times").format(program.name, program.repeat)


def _row(segment: Segment, program: Program, fraction: float | None) -> SegmentRow:
    rate = forecast.rate_of(segment, program)
    what = NOTHING if segment.kind == "pause" else RATE.format(rate)
    if segment.kind == "ramp":
        what = f"{RATE.format(rate)} → {RATE.format(segment.to_rate_nl_h)}"
    lasts_s = forecast.seconds_of(segment, program)
    length = DURATION.format(math.ceil(lasts_s))
    if segment.volume_nl:
        length = f"{VOLUME.format(segment.volume_nl)} ({length})"
    return SegmentRow(segment.kind, what, segment.reservoir, length, fraction)
