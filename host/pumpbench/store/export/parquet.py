"""Parquet: telemetry as typed columns with units; everything else about the run in the file's metadata.

A gap is a row whose ``missing_records`` is above 0 and whose other columns but ``boot`` and ``counter`` are
null. The metadata's keys are ``simulated``, ``pumpbench.about`` and ``pumpbench.events`` (JSON).
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from pumpbench.store.chunks import Records
from pumpbench.store.export.columns import GAP_FIELDS, TELEMETRY_UNITS, state_names, wall_times
from pumpbench.store.export.stream import Stream
from pumpbench.store.export.whole import whole_file
from pumpbench.store.gaps import Gap

if TYPE_CHECKING:
    from pumpbench.store.store import Store

_ROW_GROUP = 131_072


def write(store: "Store", run_id: int, stream: Stream, about: dict[str, Any], out: Path) -> list[Path]:
    """Write the file; returns it."""
    events = [{**asdict(event), "name": event.name} for event in store.events(run_id)]
    notes = {
        "simulated": "true" if about["simulated"] else "false",
        "pumpbench.about": json.dumps(about, ensure_ascii=False),
        "pumpbench.events": json.dumps(events),
    }
    layout = store.records(run_id, 0, 0).dtype
    columns = [(name, pa.from_numpy_dtype(layout[name])) for name in stream.fields]
    columns += [("wall_time_utc", pa.timestamp("us", "UTC"))] if stream.clock_maps else []
    columns += [("state_name", pa.string())] if "state" in stream.fields else []
    columns += [("missing_records", pa.uint64()), ("simulated", pa.bool_())]
    schema = pa.schema(
        [pa.field(name, kind, metadata={"unit": TELEMETRY_UNITS.get(name, "")}) for name, kind in columns],
        notes,
    )
    with whole_file(out) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for group in _groups(stream, schema, about["simulated"]):
            writer.write_table(pa.Table.from_batches(group, schema))
    return [out]


def _groups(stream: Stream, schema: pa.Schema, simulated: bool) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    rows = 0
    for piece in stream.pieces():
        if isinstance(piece, Gap):
            group.append(_gap_batch(piece, schema, simulated))
        else:
            group.append(_batch(piece, stream, schema, simulated))
        rows += group[-1].num_rows
        if rows >= _ROW_GROUP:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _batch(records: Records, stream: Stream, schema: pa.Schema, simulated: bool) -> pa.RecordBatch:
    columns: dict[str, Any] = {name: np.ascontiguousarray(records[name]) for name in stream.fields}
    if stream.clock_maps:
        columns["wall_time_utc"] = wall_times(records, stream.clock_maps)
    if "state" in stream.fields:
        columns["state_name"] = state_names(records["state"])
    columns["missing_records"] = np.zeros(len(records), np.uint64)
    columns["simulated"] = np.full(len(records), simulated)
    return pa.record_batch([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


def _gap_batch(gap: Gap, schema: pa.Schema, simulated: bool) -> pa.RecordBatch:
    known = dict(zip(GAP_FIELDS, (gap.boot, gap.first_counter), strict=True))
    known |= {"missing_records": gap.missing, "simulated": simulated}
    return pa.record_batch([pa.array([known.get(field.name)], field.type) for field in schema], schema=schema)
