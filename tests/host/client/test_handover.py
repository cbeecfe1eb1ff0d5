"""Callbacks that are slow or fail: nothing is dropped, and nothing is acknowledged that was not taken."""

import threading
import time

import pytest
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import until

from pumpbench.client import CallbackFailed, Event, Records, connect, handover
from pumplink import states


def test_a_slow_callback_holds_the_stream_back_and_loses_nothing(
    board: ScriptedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "BOUND", 1000)
    monkeypatch.setattr(handover, "AT_ONCE", 100)
    counters: list[int] = []
    may_go_on = threading.Event()

    def store(records: Records) -> None:
        may_go_on.wait()
        counters.extend(records["counter"].tolist())

    with connect(board.url, on_records=store) as pump:
        maker = threading.Thread(target=board.make_records, args=(30_000,))
        maker.start()
        time.sleep(0.3)
        assert pump.stop().state == "stopped"  # even now
        may_go_on.set()
        maker.join()
        pump.barrier()
    assert counters == list(range(30_000))


def test_a_callback_that_fails_is_told_and_nothing_is_acknowledged_after_it(board: ScriptedBoard) -> None:
    def fail(event: Event) -> None:
        raise OSError("disk full")

    pump = connect(board.url, on_event=fail)
    board.make_event(states.EVENT_BOOT)
    with pytest.raises(CallbackFailed, match="disk full"):
        until(lambda: bool(pump.barrier()) and False, "the failure shows")
    assert pump.status().state == "running"
    with pytest.raises(CallbackFailed):
        pump.close()
    assert board.acknowledged_up_to == -1
