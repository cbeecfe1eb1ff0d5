"""What the board tells, as plain typed values; each name ends in its unit."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pumpbench.client.errors import OutOfRange
from pumplink.alarm_table import ALARMS
from pumplink.names import (
    CAPABILITY_NAMES,
    EVENT_NAMES,
    LINK_LOST_NAMES,
    MODE_NAMES,
    RESET_CAUSE_NAMES,
    ROLE_NAMES,
    SEGMENT_NAMES,
    SELFTEST_NAMES,
    STATE_NAMES,
)


def word(words: tuple[str, ...], number: int) -> str:
    """The word for a number, or the number itself when a newer board knows more words."""
    return words[number] if 0 <= number < len(words) else str(number)


def number_of(words: tuple[str, ...], name: str, field: str) -> int:
    """The number of a word; raises `OutOfRange`."""
    if name not in words:
        raise OutOfRange(f"{field} is {name!r}, allowed is one of {', '.join(words)}")
    return words.index(name)


@dataclass(frozen=True, slots=True)
class Info:
    """Who answered: the board's part of the handshake. `fits` is whether host and firmware share a schema."""

    board: str
    unique_id: str
    firmware: str
    firmware_hash: str
    protocol: int
    schema: str
    fits: bool
    capabilities: tuple[str, ...]
    boot_count: int
    reset_cause: str
    time_us: int
    tick_hz: int
    telemetry_max_hz: int
    role: str

    @property
    def simulated(self) -> bool:
        """Whether there is a model instead of a pump."""
        return "simulated" in self.capabilities

    @classmethod
    def from_hello(cls, answer: dict[str, Any], fits: bool) -> "Info":
        """From the fields of `hello_answer`."""
        bits = answer["capabilities"]
        return cls(
            board=answer["board"],
            unique_id=bytes(answer["unique_id"]).hex(),
            firmware=f"{answer['firmware_major']}.{answer['firmware_minor']}.{answer['firmware_patch']}",
            firmware_hash=bytes(answer["firmware_hash"]).hex(),
            protocol=answer["protocol"],
            schema=f"{answer['schema']:08x}",
            fits=fits,
            capabilities=tuple(name for bit, name in enumerate(CAPABILITY_NAMES) if bits >> bit & 1),
            boot_count=answer["boot_count"],
            reset_cause=word(RESET_CAUSE_NAMES, answer["reset_cause"]),
            time_us=answer["time_us"],
            tick_hz=answer["tick_hz"],
            telemetry_max_hz=answer["telemetry_max_hz"],
            role=word(ROLE_NAMES, answer["role"]),
        )


@dataclass(frozen=True, slots=True)
class Status:
    """The frozen short status: every firmware answers it."""

    state: str
    priority: int
    rate_nl_h: int
    delivered_nl: int
    remaining_nl: int
    time_us: int

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> "Status":
        """From the fields of `status_answer`."""
        return cls(**(answer | {"state": word(STATE_NAMES, answer["state"])}))


@dataclass(frozen=True, slots=True)
class Stopped:
    """The answer to a stop: what the pump is now, and what the run has delivered (counted by the motor)."""

    state: str
    delivered_nl: int

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> "Stopped":
        """From the fields of `stop_answer`."""
        return cls(word(STATE_NAMES, answer["state"]), answer["delivered_nl"])


@dataclass(frozen=True, slots=True)
class Released:
    """The answer to `port_release`: whether the board restarts to its REPL, and what the pump is doing."""

    released: bool
    state: str

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> "Released":
        """From the fields of `port_release_answer`."""
        return cls(bool(answer["released"]), word(STATE_NAMES, answer["state"]))


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What the power-on self-test found. `parts`: "passed", "failed" or "not fitted", by name."""

    parts: dict[str, str]
    memory_free: int
    flash_size: int
    motor_steps: int
    took_us: int
    set_up_hash: str

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return "failed" not in self.parts.values()

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> "SelfTest":
        """From the fields of `selftest_answer`."""
        values = dict(answer)
        passed, failed = values.pop("passed"), values.pop("failed")
        parts = {
            name: "failed" if failed >> bit & 1 else "passed" if passed >> bit & 1 else "not fitted"
            for bit, name in enumerate(SELFTEST_NAMES)
        }
        return cls(parts, **(values | {"set_up_hash": bytes(values["set_up_hash"]).hex()}))


@dataclass(frozen=True, slots=True)
class Limits:
    """The board's hard limits and sizes."""

    max_flow_nl_h: int
    max_bolus_nl: int
    max_bolus_nl_h: int
    max_hour_nl: int
    max_pressure_pa: int
    max_move_nl: int
    reservoirs: int
    segments: int
    steps_per_rev: int
    ring_records: int
    event_capacity: int
    summary_capacity: int


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """Link-error counters: the board's since its boot, and this host's since it connected."""

    frames: int
    bad_frames: int
    repeated_requests: int
    dropped_records: int
    late_ticks: int
    longest_tick_us: int
    host_frames: int
    host_bad_frames: int
    host_lost_frames: int
    host_repeats: int
    reconnects: int
    round_trip_s: float | None


@dataclass(frozen=True, slots=True)
class Reservoir:
    """One reservoir as the board knows it; `contents_nl` is what remains now."""

    index: int
    capacity_nl: int
    contents_nl: int
    low_at_nl: int
    empty_at_nl: int
    concentration_ng_ml: int
    drug: str
    refills: int
    last_residual_nl: int
    expected_residual_nl: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a program; `volume_nl` or `duration_s` is 0 when the other one ends it."""

    kind: str
    reservoir: int
    rate_nl_h: int = 0
    to_rate_nl_h: int = 0
    volume_nl: int = 0
    duration_s: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """A program as the board understands it. `mode` is "autonomous" or "attended"."""

    name: str
    segments: tuple[Segment, ...]
    mode: str = MODE_NAMES[0]
    on_link_lost: str = LINK_LOST_NAMES[0]
    keep_open_nl_h: int = 0
    repeat: int = 1

    def wire_program(self) -> dict[str, int | str]:
        """The fields of `program_begin`."""
        return {
            "name": self.name,
            "mode": number_of(MODE_NAMES, self.mode, "mode"),
            "on_link_lost": number_of(LINK_LOST_NAMES, self.on_link_lost, "on_link_lost"),
            "keep_open_nl_h": self.keep_open_nl_h,
            "repeat": self.repeat,
            "segments": len(self.segments),
        }

    def wire_segments(self) -> Iterator[dict[str, int]]:
        """The fields of `program_segment`, one segment after the other."""
        for index, segment in enumerate(self.segments):
            yield asdict(segment) | {"index": index, "kind": number_of(SEGMENT_NAMES, segment.kind, "kind")}


@dataclass(frozen=True, slots=True)
class Staged:
    """What the board understood of a staged program. Commit its `digest` to make it the one that may run."""

    digest: bytes
    volume_nl: int
    duration_s: int
    peak_nl_h: int
    program: Program


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that is latched, or whose cause is still there (`present`) although it was acknowledged."""

    code: int
    name: str
    priority: int
    present: bool
    latched: bool

    @classmethod
    def from_bits(cls, latched: int, present: int) -> tuple["Alarm", ...]:
        """The alarms of two bit masks by alarm code."""
        found = (code for code in range(32) if (latched | present) >> code & 1)
        return tuple(
            cls(
                code,
                _alarm_name(code),
                _alarm_priority(code),
                present=bool(present >> code & 1),
                latched=bool(latched >> code & 1),
            )
            for code in found
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration in use. `points` are (speed in mdeg/s, stroke volume in pL a revolution), speeds
    rising.

    `rotor_map_ppt` is the flow at equally spaced rotor angles in thousandths of the mean flow, or None when
    there is no map. The points are for 20 °C and no pressure: `slip_ppm_kpa` is lost a kPa, `warming_ppm_c`
    won a degree. `lag_ms` is how long the flow sensor's reading trails the head.
    """

    tube_set: int
    made_at_s: int
    expires_at_s: int
    sensor_gain_ppm: int
    sensor_zero_nl_h: int
    points: tuple[tuple[int, int], ...]
    rotor_map_ppt: tuple[int, ...] | None
    slip_ppm_kpa: int = 0
    warming_ppm_c: int = 0
    lag_ms: int = 0

    @property
    def stroke_nl(self) -> float:
        """The volume of a revolution in nL, at the lowest of the speeds."""
        return self.points[0][1] / 1000.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once. `number` never repeats on a board; `a` and `b` depend on the code."""

    unique_id: str
    number: int
    boot: int
    run: int
    time_us: int
    code: int
    priority: int
    a: int
    b: int

    @property
    def name(self) -> str:
        """The event's word."""
        return word(EVENT_NAMES, self.code)


def _alarm_name(code: int) -> str:
    return str(ALARMS[code][1]) if code < len(ALARMS) else str(code)


def _alarm_priority(code: int) -> int:
    return int(ALARMS[code][2]) if code < len(ALARMS) else 0
