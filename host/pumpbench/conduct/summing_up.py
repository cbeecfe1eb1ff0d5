"""A run that has ended, as the store has it."""

from pumpbench.client import Info, Status
from pumpbench.conduct.progress import Summary
from pumpbench.store import Store
from pumplink.alarm_table import ALARMS
from pumplink.states import EVENT_ALARM_RAISED


def sum_up(
    store: Store, run_id: int, status: Status, info: Info, interpreter: str | None, elapsed_s: float
) -> Summary:
    """Sum a run up: `status` is the pump's last one, `interpreter` a virtual board's."""
    quality = store.quality(run_id)
    events = store.events(run_id)
    meta = store.run(run_id).meta
    began = (meta["boot_count"], meta["time_us"])  # the board may also tell what was before
    raised = [
        ALARMS[event.a][1]
        for event in events
        if event.code == EVENT_ALARM_RAISED and (event.boot, event.time_us) >= began
    ]
    return Summary(
        run_id=run_id,
        state=status.state,
        delivered_nl=status.delivered_nl,
        requested_nl=meta["requested_nl"],
        telemetry_records=quality.records,
        telemetry_gaps=quality.gaps,
        events=len(events),
        alarms=tuple(dict.fromkeys(raised)),
        simulated=info.simulated,
        elapsed_s=elapsed_s,
        quality=quality.as_dict(),
        board=info.board,
        interpreter=interpreter,
        database=str(store.path),
    )
