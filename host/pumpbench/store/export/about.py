"""What every export says of its run, whatever the format."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pumpbench.store.bundle import versions
from pumpbench.store.export.columns import TELEMETRY_UNITS
from pumpbench.store.gaps import Gap

if TYPE_CHECKING:
    from pumpbench.store.store import Store


def about(store: "Store", run_id: int, gaps: list[Gap]) -> dict[str, Any]:
    """The run's identification, quality, gaps and units, as a JSON object; ``simulated`` comes first."""
    run = store.run(run_id)
    number, link = store.audit.head()
    return {
        "simulated": run.simulated,
        "run": run.id,
        "name": run.name,
        "who": run.who,
        "status": run.status,
        "unique_id": run.unique_id,
        "started_wall_us": run.started_wall_us,
        "ended_wall_us": run.ended_wall_us,
        "records": run.records,
        "quality": store.quality(run_id).as_dict(),
        "gaps": [{**asdict(gap), "missing_records": gap.missing} for gap in gaps],
        "summary": run.summary,
        "bundle": run.bundle,
        "bundle_sha256": run.bundle_sha256,
        "audit_head": {"number": number, "hash": link},
        "units": TELEMETRY_UNITS,
        "exported_with": versions(),
    }
