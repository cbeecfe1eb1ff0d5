"""A virtual pump for the flow figures: calibrated by weighing, judged by the model's truth."""

import hashlib
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.bench.flow_plants import Plant
from tests.bench.kept import keep
from tests.support.virtual_pump import PATIENCE_S

from pumpbench.balances import open_balance
from pumpbench.client import connect
from pumpbench.files import plant as plant_file
from pumpbench.tuning.gravimetric import Plan, calibrate
from pumpbench.tuning.stand import Stand
from pumpbench.tuning.truth import Truth
from pumpbench.virtual.board import VirtualBoard

KEPT = Path(__file__).resolve().parents[2] / "build" / "bench" / "calibrations"
ML = 1_000_000
DENSITY = 0.998  # the plants' default; buoyancy is not modelled
_STROKE_NL = 50_000
_STEP_NL = _STROKE_NL / 3200
_SAMPLES_A_STEP = 8.0
_MOST_HZ = 500.0
_SETTLE_S = 180.0
_QUICK_PLAN = Plan(rest_s=300.0, flows=((1 * ML, 7), (4 * ML, 20), (20 * ML, 40)))


class Rig:
    """In a ``with`` block: a board on a model. `open_loop`: the nominal stroke, no map, no following."""

    def __init__(
        self,
        plant: Plant,
        wire: dict[str, Any] | None = None,
        *,
        truth_hz: float = 10.0,
        open_loop: bool = False,
    ) -> None:
        self._plant = plant
        self._wire = wire
        self._truth_hz = truth_hz
        self._board_numbers = {"correction_limit_ppm": 0} if open_loop else None
        self._parts = ExitStack()

    def __enter__(self) -> Self:
        folder = Path(self._parts.enter_context(tempfile.TemporaryDirectory()))
        self._truth = folder / "truth.csv"
        board = self._parts.enter_context(
            VirtualBoard(
                speed="max",
                seed=self._plant.get("random", {}).get("seed", 1),
                plant=plant_file.parse(self._plant, "the bench's plant"),
                truth=self._truth,
                truth_hz=self._truth_hz,
                board=self._board_numbers,
            )
        )
        self.stand = Stand()
        self.client = self._parts.enter_context(
            connect(
                board.port,
                on_records=self.stand.take,
                on_event=lambda _event: None,
                manual=True,
                connect_timeout_s=PATIENCE_S,
            )
        )
        balance = open_balance(board.balance_port, "mt-sics")
        self._parts.callback(balance.close)
        self.stand.use(self.client, board, balance)
        self.client.set_reservoir(0, capacity_nl=1000 * ML, contents_nl=1000 * ML)
        if self._wire:
            self.client.request("calibration_set", **self._wire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parts.__exit__(kind, error, trace)

    def home(self) -> None:
        """Turn past the home mark, and let what the line has stored run out; slowly recorded from now on."""
        self.client.set_telemetry_rate(1)
        self.stand.run(20 * ML, volume_nl=2 * _STROKE_NL)
        self.stand.wait(_SETTLE_S)

    def now_s(self) -> float:
        """The board's time."""
        return self.client.status().time_us / 1e6

    def truth(self, from_s: float, to_s: float) -> Truth:
        """What really happened."""
        return Truth.load(self._truth).between(from_s, to_s)

    def run(self, rate_nl_h: int, duration_s: int, skip_s: float = 0.0) -> Truth:
        """Deliver a constant flow by time; return its truth without the first seconds."""
        start_s = self.now_s()
        self.stand.run(rate_nl_h, duration_s=duration_s)
        return self.truth(start_s + skip_s, start_s + duration_s)


def truth_hz(rate_nl_h: int) -> float:
    """So often that the time of each microstep is known well: else the steps themselves look like ripple."""
    return min(max(rate_nl_h / _STEP_NL / 3600.0 * _SAMPLES_A_STEP, 0.1), _MOST_HZ)


def calibration(plant: Plant, quick: bool, sources: str) -> dict[str, Any]:
    """The plant's gravimetric calibration as the wire has it, made once for these sources."""
    key = hashlib.sha256(json.dumps([plant, quick, sources], sort_keys=True).encode()).hexdigest()[:16]
    kept = KEPT / f"{key}.json"
    if kept.exists():
        found: dict[str, Any] = json.loads(kept.read_text())
        return found
    with Rig(plant) as rig:
        wire = calibrate(rig.stand, DENSITY, _QUICK_PLAN if quick else None).wire(0, 1)
    keep(kept, wire)
    return wire
