"""Telemetry decoded from a byte stream into arrays, beside the same records as JSON lines."""

import json
import statistics
import struct
import time
from collections.abc import Callable

from tests.bench.figure import Figure

from pumpbench.client.records import RECORD_DTYPE, StreamDecoder
from pumplink import codec
from pumplink.codec import RECORD_FORMAT
from pumplink.frame import MAX_FRAME, FrameWriter
from pumplink.messages import WIDE
from pumplink.numbers import TELEMETRY

GOAL = 300_000
BATCH = 7  # records that fit a frame
CHUNK = 65536  # bytes that the client reads at once
ROUNDS = 5


def record(counter: int) -> dict[str, int]:
    """A record as a pump makes them at 1.2 mL/day."""
    return {
        "time_us": 10_000 * counter,
        "commanded_nl": counter // 720,
        "counted_nl": counter // 720,
        "measured_nl": counter // 721,
        "steps": counter // 11,
        "set_nl_h": 50_000,
        "flow_nl_h": 50_000 + counter % 13,
        "measured_nl_h": 49_800 + counter * 37 % 401,
        "rotor_mdeg": counter * 7 % 360_000,
        "pressure_pa": 3_000 + counter * 31 % 211,
        "remaining_nl": 30_000_000 - counter // 720,
        "alarms": 0,
        "temperature_mc": 23_000,
        "late_ticks": 0,
        "state": 1,
        "flags": 51,
        "segment": 0,
        "reservoir": 0,
    }


def stream(count: int) -> bytes:
    """The frames of `count` records, in full batches."""
    writer, out, frames = FrameWriter(), bytearray(MAX_FRAME), bytearray()
    for sequence, first in enumerate(range(0, count, BATCH)):
        payload = bytearray(codec.size(TELEMETRY))
        full = record(first)
        codec.pack_into(TELEMETRY, payload, 0, [1, 1, 0, 100, first, *(full[name] for name in WIDE)])
        for counter in range(first, min(first + BATCH, count)):
            values = record(counter)
            payload += struct.pack(RECORD_FORMAT, *(values[name] & 0xFFFFFFFF for name in values))
        end = writer.encode(out, 0, TELEMETRY, sequence & 0xFFFF, bytes(payload), len(payload))
        frames += out[:end]
    return bytes(frames)


def lines(count: int) -> bytes:
    """The same records, one JSON object a line."""
    return b"\n".join(
        json.dumps({"boot": 1, "run": 1, "counter": counter} | record(counter)).encode()
        for counter in range(count)
    )


def _decode_frames(data: bytes) -> int:
    decoder = StreamDecoder()
    found = 0
    for start in range(0, len(data), CHUNK):
        for item in decoder.feed(data[start : start + CHUNK]):
            found += len(item)
    return found


def _decode_lines(data: bytes) -> int:
    return len([json.loads(line) for line in data.split(b"\n")])


def _rate(decode: Callable[[bytes], int], data: bytes, count: int) -> float:
    started = time.perf_counter()
    assert decode(data) == count
    return count / (time.perf_counter() - started)


def decode_rates(count: int) -> tuple[float, float]:
    """Records a second from frames into arrays, and from JSON lines into dictionaries: medians."""
    frames, text = stream(count), lines(count)
    rounds = [
        (_rate(_decode_frames, frames, count), _rate(_decode_lines, text, count)) for _ in range(ROUNDS)
    ]
    return statistics.median(ours for ours, _ in rounds), statistics.median(peer for _, peer in rounds)


def figures(quick: bool) -> list[Figure]:
    """The decoding rate."""
    ours, peer = decode_rates(70_000 if quick else 350_000)
    note = f"{BATCH} records a frame, {CHUNK} bytes at a time, into {RECORD_DTYPE.itemsize} bytes a record"
    return [
        Figure("telemetry decoded", "records/s", ours, peer, "json.loads on JSON lines", f">= {GOAL}", note)
    ]
