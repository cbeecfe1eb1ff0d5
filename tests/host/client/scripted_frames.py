"""Frames as a board sends them, made in Python: their numbers are simple functions of a counter."""

import struct

from pumplink import codec, named, numbers, states
from pumplink.codec import RECORD_FORMAT
from pumplink.frame import FrameWriter
from pumplink.messages import WIDE


def record_values(counter: int) -> dict[str, int]:
    """The fields of record `counter`: each a different simple function of it."""
    return {
        "time_us": 10_000 * counter,
        "commanded_nl": 7 * counter,
        "counted_nl": 7 * counter + 1,
        "measured_nl": 100 - 3 * counter,
        "steps": 16 * counter,
        "set_nl_h": 50_000,
        "flow_nl_h": 50_000 + counter % 13,
        "measured_nl_h": 49_000 - counter % 17,
        "rotor_mdeg": counter * 77 % 360_000,
        "pressure_pa": 3_000 - counter % 7_000,
        "remaining_nl": 30_000_000 - counter % 1_000_000,
        "alarms": 0,
        "temperature_mc": 23_000,
        "late_ticks": counter % 65_536,
        "state": states.RUNNING,
        "flags": 0,
        "segment": 0,
        "reservoir": 0,
    }


def batch(first: int, count: int, boot: int = 1, flags: int = 0) -> bytes:
    """The payload of a telemetry frame."""
    full = record_values(first)
    header = {"boot": boot, "run": 1, "flags": flags, "rate_hz": 100, "counter": first}
    header |= {name: full[name] for name in WIDE}
    out = bytearray(codec.size(numbers.TELEMETRY))
    codec.pack_into(numbers.TELEMETRY, out, 0, named.from_dict(numbers.TELEMETRY, header))
    for counter in range(first, first + count):
        values = record_values(counter)
        low = [values[name] & 0xFFFFFFFF if name in WIDE else values[name] for name in values]
        out += struct.pack(RECORD_FORMAT, *low)
    return bytes(out)


def frame(kind: int, payload: bytes, sequence: int = 0) -> bytes:
    """A frame's bytes."""
    out = bytearray(600)
    return bytes(out[: FrameWriter().encode(out, 0, kind, sequence, payload, len(payload))])
