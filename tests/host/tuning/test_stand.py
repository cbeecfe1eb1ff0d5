"""What the stand keeps of a pump's telemetry."""

import numpy as np

from pumpbench.client import connect
from pumpbench.client.records import Records
from pumpbench.tuning.stand import Stand
from pumpbench.virtual.board import VirtualBoard

ML = 1_000_000


def test_records_that_come_late_stand_where_they_belong_and_take_no_step_back() -> None:
    stand = Stand()
    held: list[Records] = []

    def take_every_second_batch_late(records: Records) -> None:
        if held:
            stand.take(records)
            stand.take(held.pop())
        else:
            held.append(records)

    with (
        VirtualBoard(speed="max", seed=4) as board,
        connect(board.port, on_records=take_every_second_batch_late, manual=True) as client,
    ):
        client.set_reservoir(0, capacity_nl=10 * ML, contents_nl=10 * ML)
        records = stand.use(client, board).run(20 * ML, duration_s=120)
    assert set(np.diff(records["counter"].astype(np.int64))) == {1}
    assert stand.steps() == records["steps"].max() > 0
