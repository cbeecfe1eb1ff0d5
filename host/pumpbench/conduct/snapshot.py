"""All that is known of a pump at one moment, as plain values."""

from dataclasses import dataclass

from pumpbench.client import Alarm, Info, Limits, LinkHealth, Program, Reservoir, Status


@dataclass(frozen=True)
class RunNow:
    """The run that everything is recorded into. A watch holds what happens outside a program's run."""

    id: int
    name: str
    watch: bool
    requested_nl: int
    duration_s: float
    records: int


@dataclass(frozen=True)
class Snapshot:
    """Made by ``Desk.look``. Firmware that does not fit tells its status alone: the rest is None or empty.

    `commands` is whether this desk may command the pump, `looks_on` whether it does not want to, because
    something else of this program commands it; `seen_at_s` when it was seen, in s since 1970 by
    this machine's clock; `calibration_fault` why a volume may be wrong, None when the fitted tube set has a
    valid calibration; `problem` what is wrong with the database now; `wall_s` the wall time (s since 1970) of
    the status, None for a simulated pump, whose time is its own.
    """

    info: Info
    commands: bool
    status: Status
    seen_at_s: float
    health: LinkHealth | None = None
    limits: Limits | None = None
    alarms: tuple[Alarm, ...] = ()
    reservoirs: tuple[Reservoir, ...] = ()
    program: Program | None = None
    digest: bytes | None = None
    calibration_fault: str | None = None
    run: RunNow | None = None
    problem: str | None = None
    wall_s: float | None = None
    looks_on: bool = False
