"""Pumps as a snapshot has them."""

from dataclasses import replace

from pumpbench.client import Alarm, Info, Limits, Program, Reservoir, Segment, Status
from pumpbench.conduct.snapshot import RunNow, Snapshot
from pumpbench.gui.newest import Newest
from pumplink.alarm_table import ALARMS

NOON_S = 1_700_000_000.0
INFO = Info(
    board="bench 3", unique_id="00ff", firmware="1.2.3", firmware_hash="aa", protocol=1, schema="0",
    fits=True, capabilities=("flow-sensor", "pressure-sensor"), boot_count=1, reset_cause="power-on",
    time_us=0, tick_hz=100, telemetry_max_hz=100, role="command",
)  # fmt: skip
LIMITS = Limits(
    60_000_000, 1_000_000, 60_000_000, 60_000_000, 200_000, 5_000_000, 4, 64, 3200, 600, 1000, 100
)
PROGRAM = Program("empty it", (Segment("constant", 0, rate_nl_h=5_000_000, volume_nl=30_000_000),))
RESERVOIR = Reservoir(0, 30_000_000, 20_000_000, 3_000_000, 0, 0, "water", 0, 0, 0)
NEWEST = Newest(
    boot=1, counter=1, time_us=0, commanded_nl=10_000_000, counted_nl=10_000_000, measured_nl=9_900_000,
    set_nl_h=5_000_000, flow_nl_h=5_010_000, measured_nl_h=4_990_000, rotor_mdeg=90_000, pressure_pa=1500,
    temperature_mc=20_040, flags=1 | 16, segment=0, reservoir=0,
)  # fmt: skip


def snapshot(state: str = "running", **changes: object) -> Snapshot:
    """A pump that has delivered 10 of 30 mL; `changes` are fields of the snapshot."""
    whole = Snapshot(
        info=INFO,
        commands=True,
        status=Status(state, 0, 5_000_000, 10_000_000, 20_000_000, 7_200_000_000),
        seen_at_s=NOON_S,
        limits=LIMITS,
        reservoirs=(RESERVOIR,),
        program=PROGRAM,
        digest=b"digest",
        run=RunNow(1, "empty it", False, 30_000_000, 21_600.0, 100),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def alarm(name: str, *, present: bool = True, latched: bool = True) -> Alarm:
    """An alarm of the table, by name."""
    code, _, priority, _ = next(row for row in ALARMS if row[1] == name)
    return Alarm(code, name, priority, present, latched)
