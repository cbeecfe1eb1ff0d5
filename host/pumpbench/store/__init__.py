"""The laboratory's database. ``Store`` is the way in; docs/store.md describes the file."""

from pumpbench.store.audit import Entry, Verdict
from pumpbench.store.calibrations import Calibration
from pumpbench.store.clock import ClockMap
from pumpbench.store.events import Event
from pumpbench.store.gaps import Gap
from pumpbench.store.place import default_path
from pumpbench.store.quality import Quality
from pumpbench.store.recorder import Recorder
from pumpbench.store.records import Boot
from pumpbench.store.runs import Run
from pumpbench.store.store import Store
from pumpbench.store.tubes import TubeSet

__all__ = [
    "Boot",
    "Calibration",
    "ClockMap",
    "Entry",
    "Event",
    "Gap",
    "Quality",
    "Recorder",
    "Run",
    "Store",
    "TubeSet",
    "Verdict",
    "default_path",
]
