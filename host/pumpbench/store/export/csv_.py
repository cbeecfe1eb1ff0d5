"""CSV: telemetry in the named file, events and everything else about the run in two files beside it.

``run.csv`` has one row a record and one row a gap (``missing_records`` above 0, most columns empty, so that a
plot breaks there); ``run.events.csv`` the events; ``run.about.json`` identification, quality, units.
``simulated`` is a column of both tables, because a comment line would break most readers.
"""

import csv
import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pumpbench.store.chunks import Records
from pumpbench.store.events import FIELDS, event_name
from pumpbench.store.export.columns import GAP_FIELDS, state_names, wall_times
from pumpbench.store.export.stream import Stream
from pumpbench.store.export.whole import whole_file
from pumpbench.store.gaps import Gap

if TYPE_CHECKING:
    from pumpbench.store.store import Store


def write(store: "Store", run_id: int, stream: Stream, about: dict[str, Any], out: Path) -> list[Path]:
    """Write the three files; returns them, the telemetry first."""
    events, description = out.with_suffix(".events.csv"), out.with_suffix(".about.json")
    simulated = _word(about["simulated"])
    with ExitStack() as stack:
        parts = [stack.enter_context(whole_file(file)) for file in (out, events, description)]
        _write_telemetry(parts[0], stream, simulated)
        _write_events(parts[1], store, run_id, simulated)
        parts[2].write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return [out, events, description]


def _write_telemetry(part: Path, stream: Stream, simulated: str) -> None:
    timed = ["wall_time_utc"] if stream.clock_maps else []
    named = ["state_name"] if "state" in stream.fields else []
    with part.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow([*stream.fields, *timed, *named, "missing_records", "simulated"])
        for piece in stream.pieces():
            if isinstance(piece, Gap):
                known = dict(zip(GAP_FIELDS, (piece.boot, piece.first_counter), strict=True))
                empty = [""] * (len(timed) + len(named))
                writer.writerow(
                    [*(known.get(name, "") for name in stream.fields), *empty, piece.missing, simulated]
                )
            else:
                writer.writerows(_rows(piece, stream, simulated))


def _rows(records: Records, stream: Stream, simulated: str) -> Any:
    columns: list[list[Any]] = [records[name].tolist() for name in stream.fields]
    if stream.clock_maps:
        texts = np.datetime_as_string(wall_times(records, stream.clock_maps), timezone="UTC")
        columns.append(["" if text == "NaT" else text for text in texts.tolist()])
    if "state" in stream.fields:
        columns.append(state_names(records["state"]).tolist())
    return zip(*columns, [0] * len(records), [simulated] * len(records), strict=True)


def _write_events(part: Path, store: "Store", run_id: int, simulated: str) -> None:
    with part.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow([*FIELDS, "name", "received_wall_us", "simulated"])
        for event in store.events(run_id):
            values = [getattr(event, name) for name in FIELDS]
            writer.writerow([*values, event_name(event.code), event.received_wall_us, simulated])


def _word(simulated: bool) -> str:
    return "true" if simulated else "false"
