"""MCAP with JSON messages, as Foxglove and PlotJuggler open it.

Channels: ``/telemetry`` (a message a record), ``/events``, ``/alarms`` (raised, cleared, acknowledged, in
words) and ``/gaps`` (a message a gap, at the time of the last record before it; nothing is put in its place).
Times are wall time where the board's clock was compared with it, else the board's clock, each boot behind the
one before, from 0. Metadata ``pumpbench`` says ``simulated`` and everything else about the run.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from mcap.writer import Writer
from numpy.typing import NDArray

from pumpbench.store.clock import ClockMap
from pumpbench.store.events import Event
from pumpbench.store.export.columns import TELEMETRY_UNITS
from pumpbench.store.export.stream import Stream
from pumpbench.store.export.whole import whole_file
from pumpbench.store.gaps import Gap
from pumpbench.store.records import Boot
from pumplink import alarm_table, names, states

if TYPE_CHECKING:
    from pumpbench.store.store import Store

_ALARM_EVENTS = {
    states.EVENT_ALARM_RAISED: "raised",
    states.EVENT_ALARM_CLEARED: "cleared",
    states.EVENT_ALARM_ACKNOWLEDGED: "acknowledged",
}
_INTEGER = {"type": "integer"}
_WORD = {"type": "string"}
_EVENT = dict.fromkeys(("number", "boot", "run", "time_us", "code", "priority", "a", "b"), _INTEGER) | {
    "name": _WORD
}
_ALARM = {
    "code": _INTEGER,
    "alarm": _WORD,
    "what": _WORD,
    "priority": _WORD,
    "action": _WORD,
    "value": _INTEGER,
}
_GAP = dict.fromkeys(("boot", "first_counter", "last_counter", "missing_records"), _INTEGER) | {
    "reason": _WORD
}


def write(store: "Store", run_id: int, stream: Stream, about: dict[str, Any], out: Path) -> list[Path]:
    """Write the file; returns it."""
    times = _Times(stream.clock_maps, store.boots(run_id))
    with whole_file(out) as part, part.open("wb") as opened:
        writer = Writer(opened)
        writer.start(profile="", library="pumpbench")
        simulated = "true" if about["simulated"] else "false"
        notes = {key: value if isinstance(value, str) else json.dumps(value) for key, value in about.items()}
        notes |= {"simulated": simulated, "time": times.meaning}
        writer.add_metadata("pumpbench", notes)
        _write_telemetry(writer, stream, times, simulated)
        _write_events(writer, store.events(run_id), times, simulated)
        writer.finish()  # type: ignore[no-untyped-call]
    return [out]


class _Times:
    """Nanoseconds for MCAP from the board's clock."""

    def __init__(self, maps: dict[int, ClockMap], boots: list[Boot]) -> None:
        self._maps = maps
        self._behind_us: dict[int, int] = {}
        end = 0
        for boot in boots:
            self._behind_us[boot.boot] = end
            end += boot.last_us
        wall = all(boot.boot in maps for boot in boots) and bool(maps)
        self.meaning = (
            "wall clock, UTC" if wall else "the board's clock since boot, boots one behind the other"
        )
        if not wall:
            self._maps = {}

    def ns(self, boot: int, time_us: NDArray[np.integer]) -> list[int]:
        times = time_us.astype(np.int64)
        at = self._maps[boot].wall_us(times) if boot in self._maps else times + self._behind_us.get(boot, 0)
        return [max(0, moment) * 1000 for moment in at.tolist()]


def _write_telemetry(writer: Writer, stream: Stream, times: _Times, simulated: str) -> None:
    properties = {name: {**_INTEGER, "description": TELEMETRY_UNITS.get(name, "")} for name in stream.fields}
    channel = _channel(writer, "telemetry", properties, simulated)
    gaps = _channel(writer, "gaps", _GAP, simulated)
    template = (
        "{" + ", ".join(f'"{name}": %d' for name in stream.fields) + "}"
    )  # json.dumps takes four times as long
    last_ns = 0
    for piece in stream.pieces():
        if isinstance(piece, Gap):
            _message(writer, gaps, last_ns, _gap(piece))
            continue
        moments = times.ns(int(piece["boot"][0]), piece["time_us"])
        for at, values in zip(moments, piece.tolist(), strict=True):
            text = template % values
            writer.add_message(channel, at, text.encode(), at)
        last_ns = moments[-1]


def _write_events(writer: Writer, events: list[Event], times: _Times, simulated: str) -> None:
    channel = _channel(writer, "events", _EVENT, simulated)
    alarm_channel = _channel(writer, "alarms", _ALARM, simulated)
    for event in events:
        (at,) = times.ns(event.boot, np.array([event.time_us]))
        _message(writer, channel, at, {name: getattr(event, name) for name in _EVENT})
        if event.code in _ALARM_EVENTS:
            _message(writer, alarm_channel, at, _alarm(event))


def _alarm(event: Event) -> dict[str, Any]:
    _, name, priority, action, *_ = alarm_table.ALARMS[event.a]
    return {
        "code": event.a,
        "alarm": name,
        "what": _ALARM_EVENTS[event.code],
        "priority": names.PRIORITY_NAMES[priority],
        "action": names.ACTION_NAMES[action],
        "value": event.b,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "boot": gap.boot,
        "first_counter": gap.first_counter,
        "last_counter": gap.last_counter,
        "missing_records": gap.missing,
        "reason": gap.reason,
    }


def _channel(writer: Writer, name: str, properties: dict[str, Any], simulated: str) -> int:
    schema = {"type": "object", "title": f"pumpbench.{name}", "properties": properties}
    number = writer.register_schema(f"pumpbench.{name}", "jsonschema", json.dumps(schema).encode())
    return writer.register_channel(f"/{name}", "json", number, {"simulated": simulated})


def _message(writer: Writer, channel: int, at_ns: int, message: dict[str, Any]) -> None:
    writer.add_message(channel, at_ns, json.dumps(message).encode(), at_ns)
