"""Where a program is, and until when: from the segment under way and the volume that the motor counted.

Times are in s of the board's clock. A bolus on top of the program, which the count holds too, makes what is
left look shorter by its volume until the next segment begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from pumpbench.client import Program, Reservoir, Segment

S_PER_H = 3600.0
_GRACE_NL = 1000.0  # a program that takes just what there is does not run dry before its end


@dataclass(frozen=True)
class Spot:
    """Where the program is. `fraction` of the segment is done; `repeat` counts from 0."""

    segment: int
    repeat: int
    fraction: float
    left_s: float
    """Of the segment; of a pause all of it, because nothing tells how long it has been."""
    to_end_s: float


@dataclass(frozen=True)
class RunningDry:
    """When the first reservoir is down to its empty mark, and which."""

    in_s: float
    reservoir: int


def seconds_of(segment: Segment, program: Program) -> float:
    """How long a segment takes."""
    if segment.duration_s:
        return float(segment.duration_s)
    rate = _mean_rate(segment, program)
    return segment.volume_nl / rate * S_PER_H if rate else 0.0


def volume_of(segment: Segment, program: Program) -> float:
    """What a segment delivers, in nL."""
    if segment.volume_nl:
        return float(segment.volume_nl)
    return _mean_rate(segment, program) * segment.duration_s / S_PER_H


def rate_of(segment: Segment, program: Program) -> int:
    """The rate that a segment begins with, in nL/h."""
    if segment.kind == "pause":
        return 0
    return segment.rate_nl_h or (program.keep_open_nl_h if segment.kind == "keep-open" else 0)


def spot_of(program: Program, segment: int, delivered_nl: int) -> Spot | None:
    """Where the program is; None when the board speaks of a segment that it has not."""
    if not 0 <= segment < len(program.segments):
        return None
    volumes = [volume_of(one, program) for one in program.segments]
    times = [seconds_of(one, program) for one in program.segments]
    before, once = sum(volumes[:segment]), sum(volumes)
    # What the motor counts lags the program by less than a step: half a nL of grace.
    repeat = int((delivered_nl + 0.5 - before) // once) if once and delivered_nl + 0.5 > before else 0
    repeat = min(repeat, program.repeat - 1)
    into = min(max(delivered_nl - before - repeat * once, 0.0), volumes[segment])
    gone_s = _seconds_into(program.segments[segment], program, into)
    left_s = max(0.0, times[segment] - gone_s)
    to_end_s = left_s + sum(times[segment + 1 :]) + (program.repeat - 1 - repeat) * sum(times)
    fraction = gone_s / times[segment] if times[segment] else 0.0
    return Spot(segment, repeat, fraction, left_s, to_end_s)


def running_dry(program: Program, spot: Spot, reservoirs: Sequence[Reservoir]) -> RunningDry | None:
    """When the program empties a reservoir down to its mark; None when it ends before."""
    left = {one.index: float(one.contents_nl - one.empty_at_nl) for one in reservoirs if one.capacity_nl}
    done = 1.0 - spot.left_s / max(seconds_of(program.segments[spot.segment], program), 1e-9)
    rest = list(range(spot.segment, len(program.segments)))
    found, gone_s = _walk(program, rest, left, 0.0, skip=done)
    if found is not None:
        return found
    repeats = program.repeat - 1 - spot.repeat
    use = _use(program)
    enough = (int((left[index] + _GRACE_NL) // nl) for index, nl in use.items() if nl and index in left)
    whole = min([repeats, *enough])
    for index, nl in use.items():
        if index in left:
            left[index] -= whole * nl
    gone_s += whole * sum(seconds_of(one, program) for one in program.segments)
    if whole == repeats:
        return None
    return _walk(program, list(range(len(program.segments))), left, gone_s)[0]


def _walk(
    program: Program, segments: list[int], left: dict[int, float], gone_s: float, skip: float = 0.0
) -> tuple[RunningDry | None, float]:
    """Go through segments, taking from `left`; `skip` is how much of the first one's time is over."""
    for index in segments:
        segment = program.segments[index]
        lasts_s = seconds_of(segment, program)
        begun_s = skip * lasts_s
        volume = volume_of(segment, program) - _volume_until(segment, program, begun_s)
        skip = 0.0
        there = left.get(segment.reservoir)
        if there is not None and volume > there + _GRACE_NL:
            already = volume_of(segment, program) - volume
            dry_s = _seconds_into(segment, program, already + max(there, 0.0))
            return RunningDry(gone_s + dry_s - begun_s, segment.reservoir), gone_s
        if there is not None:
            left[segment.reservoir] = there - volume
        gone_s += lasts_s - begun_s
    return None, gone_s


def _use(program: Program) -> Mapping[int, float]:
    """What all segments take once, by reservoir."""
    use: dict[int, float] = {}
    for segment in program.segments:
        use[segment.reservoir] = use.get(segment.reservoir, 0.0) + volume_of(segment, program)
    return use


def _mean_rate(segment: Segment, program: Program) -> float:
    rate = rate_of(segment, program)
    return (rate + segment.to_rate_nl_h) / 2 if segment.kind == "ramp" else float(rate)


def _seconds_into(segment: Segment, program: Program, volume_nl: float) -> float:
    """When a segment has delivered so much."""
    rate = rate_of(segment, program)
    lasts_s = seconds_of(segment, program)
    if segment.kind != "ramp":
        return min(lasts_s, volume_nl / rate * S_PER_H) if rate else 0.0
    slope = (segment.to_rate_nl_h - rate) / lasts_s if lasts_s else 0.0
    if not slope:
        return min(lasts_s, volume_nl / rate * S_PER_H) if rate else 0.0
    # V h = r t + s t^2 / 2 with the hour's seconds h, solved for t
    root = sqrt(max(0.0, rate * rate + 2 * slope * volume_nl * S_PER_H))
    return min(lasts_s, max(0.0, (root - rate) / slope))


def _volume_until(segment: Segment, program: Program, gone_s: float) -> float:
    """What a segment has delivered when it has lasted so long."""
    rate = rate_of(segment, program)
    lasts_s = seconds_of(segment, program)
    slope = (segment.to_rate_nl_h - rate) / lasts_s if segment.kind == "ramp" and lasts_s else 0.0
    return (rate * gone_s + slope * gone_s * gone_s / 2) / S_PER_H
