"""The client against a scripted board over real ports: a bad line, a lost link, a strange board."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import TypedDict

import pytest
from tests.host.client.scripted_board import ScriptedBoard, batch, frame

from pumpbench.client import (
    AnswerTimeout,
    CallbackFailed,
    Client,
    DeviceLost,
    Event,
    Gap,
    GivenUp,
    Mismatch,
    NoDevice,
    OutOfRange,
    Program,
    Records,
    Refusal,
    Segment,
    State,
    connect,
    handover,
)
from pumplink import numbers, states
from pumplink.frame import STOP_FRAME

PROGRAM = Program("two", (Segment("constant", 0, 50_000, 0, 0, 600), Segment("pause", 1, duration_s=5)))


class Callbacks(TypedDict):
    on_records: Callable[[Records], object]
    on_event: Callable[[Event], object]
    on_gap: Callable[[Gap], object]
    on_state: Callable[[State], object]


class Seen:
    """Collects what the callbacks get."""

    def __init__(self) -> None:
        self.counters: list[int] = []
        self.events: list[Event] = []
        self.gaps: list[Gap] = []
        self.states: list[State] = []

    def records(self, records: Records) -> None:
        self.counters += records["counter"].tolist()

    def callbacks(self) -> Callbacks:
        return {
            "on_records": self.records,
            "on_event": self.events.append,
            "on_gap": self.gaps.append,
            "on_state": self.states.append,
        }


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for what another thread does."""
    patience = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < patience, f"still waiting until {what}"
        time.sleep(0.005)


# --- requests ---


def test_answers_reach_their_requests(either_board: ScriptedBoard) -> None:
    with connect(either_board.url) as pump:
        assert pump.info.board == "scripted"
        assert pump.info.simulated
        assert pump.role == "command"
        assert pump.status().state == "running"
        assert [(alarm.name, alarm.present) for alarm in pump.alarms()] == [
            ("occlusion", False),
            ("reservoir-low", True),
        ]
        assert pump.link_health().longest_tick_us == 99


def test_several_threads_ask_at_once(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        answers: list[int] = []

        def ask(number: int) -> None:
            for index in range(40):
                mark = number * 1000 + index
                answers.append(pump.request("time_sync", host_us=mark)["host_us"] - mark)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [0] * 240


def test_a_command_whose_answer_is_lost_is_repeated_but_carried_out_once(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.lose_answers["bolus"] = 2
        pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
        assert [name for name, _ in board.carried_out].count("bolus") == 1
        assert board.repeats_answered == 2
        assert pump.link_health().host_repeats >= 2


def test_a_request_that_never_arrived_is_repeated(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.ignore = {"pause": 1, "alarm_list": 1, "status": 1}
        pump.pause()
        assert len(pump.alarms()) == 2
        assert pump.status().remaining_nl == 9


def test_no_answer_in_time_says_that_nobody_knows(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=0.8) as pump:
        board.lose_answers["bolus"] = 100
        with pytest.raises(AnswerTimeout, match="may or may not have been carried out"):
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
        assert pump.status().state == "running"


def test_a_refusal_names_field_value_and_what_is_allowed(board: ScriptedBoard) -> None:
    limit = {"code": states.REFUSED_LIMIT, "field": 1, "value": 9_000, "minimum": 1, "maximum": 500}
    board.refuse["bolus"] = limit
    with connect(board.url) as pump, pytest.raises(Refusal) as refused:
        pump.bolus(0, volume_nl=9_000, rate_nl_h=60_000)
    assert str(refused.value) == (
        "bolus refused: volume_nl is 9000, the board's limit is 500 (nL): 9 µL is above 500 nL"
    )
    assert (refused.value.field, refused.value.maximum, refused.value.reason) == ("volume_nl", 500, "limit")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"code": states.REFUSED_STATE, "value": states.RUNNING}, "pause refused: the pump is running"),
        ({"code": states.REFUSED_ALARM, "value": 0}, "pause refused: the alarm occlusion is latched"),
        ({"code": states.REFUSED_VOLUME, "value": 5, "maximum": 3}, "5 nL asked, the reservoir holds 3 nL"),
        ({"code": 200}, "pause refused: reason 200"),
    ],
)
def test_every_refusal_is_a_sentence(board: ScriptedBoard, answer: dict[str, int], sentence: str) -> None:
    board.refuse["pause"] = answer
    with connect(board.url) as pump, pytest.raises(Refusal, match=sentence):
        pump.pause()


def test_a_value_out_of_range_is_told_before_anything_is_sent(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        with pytest.raises(OutOfRange, match=r"bolus: volume_nl is 0, allowed is 1 to \d+ \(nL\)"):
            pump.bolus(0, volume_nl=0, rate_nl_h=1)
        with pytest.raises(OutOfRange, match="drug"):
            pump.set_reservoir(0, capacity_nl=1, contents_nl=1, drug="x" * 25)
        with pytest.raises(OutOfRange, match="prime, purge, jog"):
            pump.move("dance", volume_nl=1, rate_nl_h=1)
        assert board.carried_out == []


def test_staging_reads_back_what_the_board_understood(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        staged = pump.stage(PROGRAM)
        assert staged.program == PROGRAM
        assert staged.digest == b"digested"
        pump.commit(staged.digest)
        assert board.carried_out[-1] == ("program_commit", {"digest": b"digested"})


# --- stop ---


def test_stop_is_answered_in_every_role(board: ScriptedBoard) -> None:
    board.grant = states.OBSERVE
    with connect(board.url, role="observe") as pump:
        assert pump.role == "observe"
        assert pump.stop().state == "stopped"
    assert board.stops >= 1


def test_stop_is_repeated_until_it_is_answered(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.ignore["stop"] = 3
        assert pump.stop().delivered_nl == 7


def test_stop_goes_ahead_of_commands_that_wait(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=3.0) as pump:
        board.ignore["pause"] = 5
        waiting = threading.Thread(target=pump.pause)
        waiting.start()
        until(lambda: "pause" in board.asked, "pause is under way")
        assert pump.stop().state == "stopped"
        assert waiting.is_alive()
        waiting.join()


def test_no_move_begins_after_a_stop(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.ignore["bolus"] = 1
        given_up: list[str] = []

        def bolus() -> None:
            try:
                pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
            except GivenUp as error:
                given_up.append(str(error))

        asking = threading.Thread(target=bolus)
        asking.start()
        until(lambda: "bolus" in board.asked, "the bolus is under way")
        pump.stop()
        asking.join()
        assert given_up == ["bolus was given up for a stop: it may have begun before the stop"]
        time.sleep(0.7)
        assert board.carried_out == []


def test_a_stop_asked_for_while_the_link_is_down_is_sent_when_it_is_back(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.unplug()
        with pytest.raises(DeviceLost, match="as soon as it is back"):
            pump.stop(timeout_s=0.2)
        board.plug_in()
        until(lambda: board.stops > 0, "the board got its stop")


def test_stop_does_not_reach_another_board_that_took_the_port(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        board.unplug()
        mine, board.unique_id = board.unique_id, b"another board 99"
        with pytest.raises(DeviceLost):
            pump.stop(timeout_s=0.1)
        board.plug_in()
        until(lambda: "bye" in board.asked, "the other board was left alone")
        assert board.stops == 0
        board.unplug()
        board.unique_id = mine
        board.plug_in()
        until(lambda: board.stops > 0, "the right board got its stop")


def test_leaving_the_block_stops_an_attended_run_only(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        pump.stage(PROGRAM)
        pump.start(b"digested")
    assert board.stops == 0
    board.program["mode"] = states.ATTENDED
    with contextlib.suppress(KeyboardInterrupt), connect(board.url) as pump:
        pump.start(b"digested", lease_s=20)
        raise KeyboardInterrupt
    assert board.stops >= 1
    assert [fields["lease_s"] for name, fields in board.carried_out if name == "start"] == [0, 20]


def test_the_lease_of_an_attended_run_is_renewed(board: ScriptedBoard) -> None:
    with connect(board.url) as pump:
        pump.stage(Program("attended", PROGRAM.segments, mode="attended"))
        pump.start(b"digested", lease_s=1)
        until(lambda: [name for name, _ in board.carried_out].count("lease") >= 2, "two renewals")


# --- a board of other firmware ---


def test_a_board_that_does_not_fit_can_be_looked_at_and_stopped_only() -> None:
    seen = Seen()
    with ScriptedBoard(schema=0x12345678) as board, connect(board.url, **seen.callbacks()) as pump:
        assert not pump.info.fits
        assert pump.status().state == "running"
        assert pump.stop().state == "stopped"
        board.make_records(5)
        with pytest.raises(Mismatch, match="bring both to one version"):
            pump.limits()
        with pytest.raises(Mismatch):
            pump.bolus(0, volume_nl=1, rate_nl_h=1)
        assert set(board.asked) <= {"hello", "status", "stop"}
    assert seen.counters == []


# --- telemetry ---


def test_records_arrive_once_and_in_order(either_board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(either_board.url, **seen.callbacks()) as pump:
        for _ in range(30):
            either_board.make_records(13)
        pump.barrier()
        assert seen.counters == list(range(390))
    assert seen.gaps == []


def test_records_lost_on_the_line_are_fetched(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        board.make_records(2000, lost=True)
        board.make_records(10)
        pump.barrier()
    assert sorted(seen.counters) == list(range(2020))
    assert seen.gaps == []


def test_a_barrier_brings_what_the_board_has_made_but_not_sent(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        board.make_records(5, lost=True)
        pump.barrier()
        assert seen.counters == list(range(15))


def test_what_the_board_no_longer_has_is_a_gap(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        board.make_records(100, lost=True)
        board.oldest = 60
        board.make_records(5)
        until(lambda: len(seen.counters) == 65, "the rest is fetched")
        pump.barrier()
    assert seen.gaps == [Gap(1, 10, 59, "overwritten on the board")]
    assert sorted(seen.counters) == [*range(10), *range(60, 115)]


def test_what_an_earlier_program_left_off_is_fetched(board: ScriptedBoard) -> None:
    board.make_records(50, lost=True)
    seen = Seen()
    with connect(board.url, have=(1, 19), **seen.callbacks()):
        board.make_records(1)
        until(lambda: len(seen.counters) == 31, "everything since then is there")
    assert sorted(seen.counters) == list(range(20, 51))


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


def test_garbage_on_the_line_costs_only_what_it_touches(either_board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(either_board.url, **seen.callbacks()) as pump:
        either_board.make_records(7)
        either_board.send_bytes(b"\x00MicroPython v1.25 on 2025-04-15\r\n>>> \x01\x02\x00")
        either_board.send_bytes(frame(numbers.TELEMETRY, batch(7, 7), 9)[:-20])
        either_board.next_counter = 14
        either_board.make_records(7)
        until(lambda: len(seen.counters) == 21, "everything is there")
        assert pump.link_health().host_bad_frames >= 2
    assert sorted(seen.counters) == list(range(21))


# --- events ---


def test_each_event_is_handed_out_once_and_acknowledged_after_the_callback(board: ScriptedBoard) -> None:
    for _ in range(3):
        board.make_event(states.EVENT_BOOT, lost=True)
    acknowledged_before: list[int] = []

    def store(event: Event) -> None:
        acknowledged_before.append(board.acknowledged_up_to)
        assert event.number > board.acknowledged_up_to
        numbers_seen.append(event.number)

    numbers_seen: list[int] = []
    with connect(board.url, on_event=store) as pump:
        pump.barrier()
        board.make_event(states.EVENT_SEGMENT, 1)
        board.make_event(states.EVENT_SEGMENT, 2, lost=True)
        board.make_event(states.EVENT_SEGMENT, 3)
        board.send(numbers.EVENT, board._encode(numbers.EVENT, board.events[6]))
        until(lambda: board.acknowledged_up_to == 6, "all six are acknowledged")
    assert numbers_seen == [1, 2, 3, 4, 5, 6]


def test_events_that_are_already_kept_are_not_asked_for_again(board: ScriptedBoard) -> None:
    for _ in range(3):
        board.make_event(states.EVENT_BOOT, lost=True)
    seen = Seen()
    with connect(board.url, have_event=2, **seen.callbacks()) as pump:
        pump.barrier()
    assert [event.number for event in seen.events] == [3]


def test_without_a_callback_events_are_left_on_the_board(board: ScriptedBoard) -> None:
    board.make_event(states.EVENT_BOOT)
    with connect(board.url) as pump:
        board.make_event(states.EVENT_SEGMENT)
        pump.barrier()
    assert board.acknowledged_up_to == -1
    assert "events_fetch" not in board.asked


def test_an_observer_sees_events_but_does_not_acknowledge_them(board: ScriptedBoard) -> None:
    board.grant = states.OBSERVE
    board.make_event(states.EVENT_BOOT)
    seen = Seen()
    with connect(board.url, role="observe", **seen.callbacks()) as pump:
        until(lambda: len(seen.events) == 1, "the event is there")
        pump.barrier()
    assert "events_ack" not in board.asked


# --- losing the board and finding it again ---


def test_comes_back_after_an_unplug_and_fetches_what_it_missed(either_board: ScriptedBoard) -> None:
    if either_board._over == "pty":
        pytest.skip("a PTY gets another name when it is made anew")
    seen = Seen()
    with connect(either_board.url, **seen.callbacks()) as pump:
        either_board.make_records(10)
        pump.barrier()
        either_board.unplug()
        until(lambda: seen.states[-1:] == ["lost"], "the loss is told")
        either_board.make_records(100, lost=True)
        either_board.make_event(states.EVENT_SEGMENT, lost=True)
        either_board.plug_in()
        until(lambda: seen.states[-1] == "connected", "it is back")
        either_board.make_records(5)
        until(lambda: len(seen.counters) == 115, "the records are there")
        until(lambda: len(seen.events) == 1, "the event is there")
        assert pump.link_health().reconnects == 1
    assert sorted(seen.counters) == list(range(115))
    assert seen.gaps == []


def test_finds_the_same_board_on_another_port(board: ScriptedBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Seen()
    with (
        ScriptedBoard(unique_id=b"a stranger's one") as stranger,
        ScriptedBoard("pty", unique_id=board.unique_id) as moved,
    ):
        from pumpbench.client import discover

        listed = [
            discover.PortInfo(url, "", 0x2E8A, 5, None, "Raspberry Pi RP2040")
            for url in (stranger.url, moved.url)
        ]
        monkeypatch.setattr(discover, "list_serial_ports", lambda: listed)
        with connect(board.url, **seen.callbacks()) as pump:
            board.unplug()
            until(lambda: seen.states[-1:] == ["connected"] and len(seen.states) == 3, "it is found")
            assert pump.port == moved.url
            pump.pause()
            assert ("pause", {}) in moved.carried_out
            assert stranger.carried_out == []
    board.plug_in()


def test_a_bolus_under_way_when_the_link_breaks_goes_on_in_the_same_session(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        board.lose_answers["bolus"] = 1
        outcome: list[str] = []

        def bolus() -> None:
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
            outcome.append("answered")

        asking = threading.Thread(target=bolus)
        asking.start()
        until(lambda: bool(board.carried_out), "the bolus runs")
        board.unplug()
        time.sleep(0.2)
        board.plug_in()
        asking.join()
        assert outcome == ["answered"]
        assert [name for name, _ in board.carried_out] == ["bolus"]


def lost_bolus(board: ScriptedBoard, pump: Client, *, leaves_event: bool) -> DeviceLost:
    """Lose the answer to a bolus together with the board's memory."""
    board.lose_answers["bolus"] = 100
    board.logs_boluses = leaves_event
    found: list[DeviceLost] = []

    def bolus() -> None:
        try:
            pump.bolus(0, volume_nl=1000, rate_nl_h=60_000)
        except DeviceLost as error:
            found.append(error)

    asking = threading.Thread(target=bolus)
    asking.start()
    until(lambda: any(name == "bolus" for name, _ in board.carried_out), "the bolus runs")
    board.unplug()
    board.reboot()
    board.plug_in()
    asking.join()
    return found[0]


def test_a_bolus_whose_session_is_gone_is_not_sent_again_and_the_events_tell(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        lost = lost_bolus(board, pump, leaves_event=True)
        assert lost.carried_out is True
        assert "events show that it was carried out" in str(lost)
        assert [name for name, _ in board.carried_out].count("bolus") == 1
        assert pump.status().state == "stopped"


def test_a_bolus_that_left_no_trace_may_or_may_not_have_been_carried_out(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        lost = lost_bolus(board, pump, leaves_event=False)
        assert lost.carried_out is None
        assert "may or may not have been carried out" in str(lost)
        assert [name for name, _ in board.carried_out].count("bolus") == 1


def test_a_query_under_way_when_the_board_restarts_is_asked_anew(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=20.0) as pump:
        board.lose_answers["alarm_list"] = 1
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(len(pump.alarms())))
        asking.start()
        until(lambda: "alarm_list" in board.asked, "it is under way")
        board.unplug()
        board.reboot()
        board.plug_in()
        asking.join()
        assert answers == [2]


def test_a_restart_behind_an_open_port_is_noticed(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, **seen.callbacks()) as pump:
        board.make_records(10)
        pump.barrier()
        board.reboot()
        board.make_records(4)
        until(lambda: pump.info.boot_count == 2, "the new boot is known")
        board.make_records(4)
        until(lambda: len(seen.counters) == 18, "its records are there")
        pump.pause()
    assert sorted(seen.counters) == sorted([*range(10), *range(8)])


def test_without_reconnect_a_lost_board_is_an_error_at_once(board: ScriptedBoard) -> None:
    pump = connect(board.url, reconnect=False)
    board.unplug()
    with pytest.raises(DeviceLost):
        until(lambda: bool(pump.alarms()) and False, "the loss shows")
    pump.close()
    board.plug_in()


def test_requests_fail_in_time_while_the_board_is_away(board: ScriptedBoard) -> None:
    with connect(board.url, timeout_s=0.5) as pump:
        board.unplug()
        with pytest.raises(DeviceLost) as lost:
            pump.pause()
        assert lost.value.carried_out in (False, None)
    board.plug_in()


def test_no_port_and_no_pump_are_told_apart(board: ScriptedBoard) -> None:
    with pytest.raises(NoDevice, match="there is no port"):
        connect("/dev/ttyNOT_HERE")
    url = board.url
    board.ignore["hello"] = 1000
    with pytest.raises(NoDevice, match="no pump answered"):
        connect(url, connect_timeout_s=0.5)
    board.unplug()
    with pytest.raises(NoDevice, match="nothing listens"):
        connect(url)
    board.plug_in()


def test_a_serial_port_is_opened_by_one_program_only() -> None:
    with (
        ScriptedBoard("pty") as board,
        connect(board.url),
        pytest.raises(NoDevice, match="in use by another program"),
    ):
        connect(board.url)


# --- manual mode ---


def test_manual_mode_sends_nothing_by_itself_between_barriers(board: ScriptedBoard) -> None:
    seen = Seen()
    with connect(board.url, manual=True, **seen.callbacks()) as pump:
        board.make_records(5)
        board.make_records(5, lost=True)
        board.make_event(states.EVENT_SEGMENT)
        board.make_records(5)
        time.sleep(2.5)
        assert board.asked == ["hello"]
        pump.barrier()
        assert sorted(seen.counters) == list(range(15))
        assert [event.number for event in seen.events] == [1]
        assert board.acknowledged_up_to == 1
        before = list(board.asked)
        time.sleep(0.5)
        assert board.asked == before


def test_a_stop_frame_on_the_wire_is_the_fixed_one(board: ScriptedBoard) -> None:
    written: list[bytes] = []
    read = board._handle

    def look(kind: int, payload: bytes) -> None:
        if kind == numbers.STOP:
            written.append(payload)
        read(kind, payload)

    board._handle = look  # type: ignore[method-assign]
    with connect(board.url) as pump:
        pump.stop()
    assert written[0] == b""
    assert frame(numbers.STOP, b"", 0) == STOP_FRAME
