"""The newest telemetry record, as plain values."""

from dataclasses import dataclass
from typing import Any

from pumpbench.client import Event, Gap, Records, State


@dataclass(frozen=True)
class Newest:
    """The fields of a record that are shown as figures; units are in the names."""

    boot: int
    counter: int
    time_us: int
    commanded_nl: int
    counted_nl: int
    measured_nl: int
    set_nl_h: int
    flow_nl_h: int
    measured_nl_h: int
    rotor_mdeg: int
    pressure_pa: int
    temperature_mc: int
    flags: int
    segment: int
    reservoir: int


class NewestRecord:
    """A listener of the link that keeps the newest record: one a boot is younger than all before it."""

    def __init__(self) -> None:
        self.record: Newest | None = None

    def forget(self) -> None:
        """Another pump is looked at now."""
        self.record = None

    def on_records(self, records: Records) -> None:
        """Keep the youngest; what was fetched late is older."""
        if not len(records):
            return
        last: Any = records[-1]
        before = self.record
        if before is not None and (int(last["boot"]), int(last["counter"])) <= (before.boot, before.counter):
            return
        self.record = Newest(**{name: int(last[name]) for name in Newest.__dataclass_fields__})

    def on_event(self, event: Event) -> None:
        """Events bring no record."""

    def on_gap(self, gap: Gap) -> None:
        """A gap brings none either."""

    def on_state(self, state: State) -> None:
        """Nor does a change of the link."""
