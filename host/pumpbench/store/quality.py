"""How good the data of a run is: what is missing, what was mended, what the firmware was late with."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pumpbench.store.events import Events
from pumpbench.store.gaps import Gaps
from pumpbench.store.records import Records
from pumplink import states

COMPLETE = "complete"
INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Quality:
    """The data quality of a run."""

    records: int
    gaps: int
    missing_records: int
    resets: int
    """Boots of the board during the run."""
    reconnects: int
    bad_frames: int
    late_ticks: int
    """Ticks of the control loop that ran late."""

    @property
    def verdict(self) -> str:
        """'incomplete' when records are missing or the board was reset; 'complete' otherwise."""
        return INCOMPLETE if self.missing_records or self.resets or not self.records else COMPLETE

    @property
    def remarks(self) -> list[str]:
        """What a reader of the run's figures should know, in words; empty when there is nothing to say."""
        said = {
            "no telemetry was recorded": not self.records,
            f"{_counted(self.missing_records, 'record')} missing in {_counted(self.gaps, 'gap')}": self.gaps,
            f"the board was reset {_counted(self.resets, 'time')}": self.resets,
            f"the link was lost and came back {_counted(self.reconnects, 'time')}": self.reconnects,
            f"{_counted(self.bad_frames, 'frame')} arrived damaged and were thrown away": self.bad_frames,
            f"{_counted(self.late_ticks, 'tick')} of the control loop ran late": self.late_ticks,
        }
        return [sentence for sentence, holds in said.items() if holds]

    def as_dict(self) -> dict[str, Any]:
        """All figures, the verdict and the remarks, for JSON."""
        return {**asdict(self), "verdict": self.verdict, "remarks": self.remarks}


def quality_of(
    run_id: int, records: Records, gaps: Gaps, events: Events, link_counts: dict[str, int]
) -> Quality:
    """Judge a run by what is stored of it."""
    boots = records.boots(run_id)
    missing = gaps.of(run_id)
    happened = events.of(run_id)
    numbers = {boot.boot for boot in boots} | {
        event.boot for event in happened if event.code != states.EVENT_BOOT
    }
    # A boot event of an earlier boot than the first record is history, sent late; a later one is a reset in
    # the run.
    earliest = min(numbers, default=0)
    numbers |= {event.boot for event in happened if event.boot > earliest}
    return Quality(
        records=sum(boot.count for boot in boots),
        gaps=len(missing),
        missing_records=sum(gap.missing for gap in missing),
        resets=max(0, len(numbers) - 1),
        reconnects=link_counts.get("reconnects", 0),
        bad_frames=link_counts.get("bad_frames", 0),
        late_ticks=sum(_late_ticks(run_id, boot.boot, records) for boot in boots),
    )


def _late_ticks(run_id: int, boot: int, records: Records) -> int:
    """How far the records' count of late ticks, which wraps at 2^16, went on."""
    if "late_ticks" not in records.fields(run_id):
        return 0
    counts = records.read(run_id, boot=boot, fields=("late_ticks",))["late_ticks"].astype(np.uint16)
    return int(np.diff(counts).astype(np.int64).sum())


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
