"""The real MicroPython on the emulated RP2040: how long flashing, starting, answering and stopping take.

Times of the board are emulated ones, by its own cycles; times of flashing are by the wall.
"""

import json
import statistics
from collections.abc import Iterator

from tests.bench import belay_call
from tests.bench.chip_line import FINE_US, Line
from tests.bench.figure import Figure

from pumpbench.client import connect, payloads
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.emulated.parts import CYCLES_PER_US
from pumpbench.files import board as boards
from pumpbench.flashing import repl
from pumpbench.flashing.flash import Order, Report, flash
from pumpbench.flashing.places import Places
from pumpbench.flashing.start import wait_for_pump
from pumplink import codec, numbers
from pumplink.frame import STOP_FRAME
from pumplink.states import COMMAND
from pumplink.version import PROTOCOL

BOARD = boards.named("emulated_pico")
_PATIENCE_US = 20_000_000
_TICK_HZ = 1000
_FAST_NL_H = 60_000_000
_LATE_US = 100
_MOST_ANSWERS = 150  # a collection is due after 64
_COLLECTION_US = 26_000  # of the 29 ms that one takes: 8 before a tick, and 21 behind it
_TIMER = 0  # the machine of block 1 that times what comes in a collection's midst
_HEAP = 246_144  # bytes: what the pinned MicroPython gives a program on an RP2040


def _hello(line: Line) -> bytes:
    schema = codec.schema_hash()
    return line.frame(numbers.HELLO, protocol=PROTOCOL, schema=schema, nonce=77, role=COMMAND)


def flash_figures(quick: bool) -> list[Figure]:
    """From bare MicroPython to the handshake, and the same again."""
    with EmulatedBoard(seed=1) as board:
        first = flash(Order(BOARD, board.repl_port))
        again_s = min(flash(Order(BOARD, board.repl_port)).seconds for _ in range(3))
        free = memory_free(first)
    note = f"{first.files_sent} files, {first.bytes_sent} bytes; times by the wall, on an emulated board"
    return [
        Figure("bare MicroPython to handshake", "s", first.seconds, goal="<= 60", note=note),
        Figure("flash with nothing changed", "s", again_s, goal="<= 3"),
        Figure("heap in use after start", "kB", (_HEAP - free) / 1024, goal="<= 120"),
    ]


def memory_free(report: Report) -> int:
    """Bytes of heap that a flashed board has left."""
    with connect(report.link_port, role="observe") as pump:
        return pump.selftest().memory_free


def boot_figures(quick: bool) -> list[Figure]:
    """From power-on to the answer to hello, in emulated time."""
    times = []
    with EmulatedBoard(seed=1) as board:
        flash(Order(BOARD, board.repl_port))
        for _ in range(1 if quick else 3):
            with Line(board) as line:
                line.power_cut()
                line.advance(1)
                began_us = line.now_us
                _first_answer(line)
                times.append((line.now_us - began_us) / 1e6)
    return [Figure("boot to first handshake, emulated", "s", statistics.median(times), goal="<= 2")]


def _first_answer(line: Line) -> bytes:
    """The answer to hello of a board whose power has come."""
    until_us = line.now_us + _PATIENCE_US
    while not line.open():
        line.advance(10_000)
    while True:
        line.send(_hello(line))
        answer = line.await_answer(numbers.HELLO, 50_000)
        if answer is not None:
            return answer
        assert line.now_us < until_us


def answer_figures(quick: bool) -> list[Figure]:
    """A request and its answer, beside a remote call through belay on the same board."""
    count = 30 if quick else 200
    with EmulatedBoard(seed=1) as board:
        peer = statistics.median(belay_call.call_ms(board, count))
    with EmulatedBoard(seed=1) as board:
        flash(Order(BOARD, board.repl_port))
        with Line(board) as line:
            ours = statistics.median(answers_ms(line, count))
    note = "of status; both in emulated time, belay's bytes said again by a host that needs no time"
    name = "request and answer on the chip, median"
    return [Figure(name, "ms", ours, peer, "belay", f"<= {peer / 10:.3f}", note)]


def answers_ms(line: Line, count: int) -> list[float]:
    """Emulated times of a request and its answer, begun at different moments of a tick."""
    line.advance(20_000)
    assert line.open()
    times = []
    for number in range(count):
        line.advance(20_000 + 6_180 * number % 10_000)
        began_us = line.now_us
        line.send(line.frame(numbers.STATUS))
        assert line.await_answer(numbers.STATUS, step_us=FINE_US) is not None
        times.append((line.now_us - began_us) / 1e3)
    return times


def telemetry_figures(quick: bool) -> list[Figure]:
    """Telemetry at 1 kHz over the prompt's port, with a tick of 1 kHz, while a host asks twice a second: what
    is lost of it."""
    seconds = 5 if quick else 60
    with EmulatedBoard(seed=1) as board:
        report = flash(Order(BOARD, board.repl_port))
        _set_number(board, report, "tick_hz", _TICK_HZ)
        with connect(report.link_port) as pump:
            pump.set_telemetry_rate(_TICK_HZ)
        with Line(board) as line:
            assert line.open()
            list(_asked(line, 2, 1))  # the stream comes at its pace
            came = sorted(counter for counter, _ in _asked(line, 2, seconds))
    lost = came[-1] - came[0] + 1 - len(came)
    note = f"{len(came)} records in {seconds} emulated s, with a request every half"
    return [
        Figure(
            "telemetry at 1 kHz: records that came", "1/s", len(came) / seconds, goal=f">= {_TICK_HZ - 1}"
        ),
        Figure("telemetry at 1 kHz: records lost on the way", "records", lost, goal="<= 0", note=note),
    ]


def _set_number(board: EmulatedBoard, report: Report, name: str, value: int) -> None:
    """Change a number of the board's own board.json, which only a bench does."""
    from pumpbench.client import frozen

    frozen.release(report.link_port)
    prompt = repl.enter([board.repl_port], 60)
    assert prompt is not None
    with prompt:
        prompt.run(
            "import json\nwith open('board.json') as file:\n    told = json.load(file)\n"
            f"told['numbers']['{name}'] = {json.dumps(value)}\n"
            "with open('board.json', 'w') as file:\n    json.dump(told, file)"
        )
        prompt.restart()
    assert wait_for_pump(Places(board.repl_port), 120, lambda: None) is not None


def tick_start_figures(quick: bool) -> list[Figure]:
    """How late ticks start while the link is busy and the journal is written; telemetry at the tick's rate
    tells each one's time."""
    seconds = 20 if quick else 60
    with EmulatedBoard(seed=1) as board:
        url = flash(Order(BOARD, board.repl_port)).link_port
        _begin_to_turn(url, _FAST_NL_H // 2)
        with Line(board) as line:
            assert line.open()
            list(_asked(line, 50, 1))  # another host took the stream over
            times = dict(_asked(line, 50, seconds))
    late_us = _lateness_us([times[counter] for counter in sorted(times)])
    too_late = [late for late in late_us if late > _LATE_US]
    note = (
        f"{len(too_late)} of {len(late_us)} ticks, the latest by {max(late_us) / 1000:.1f} ms: telemetry "
        "100 Hz, 50 requests a second, a position journalled every 1.2 s"
    )
    share = 1000 * len(too_late) / len(late_us)
    return [Figure("ticks later than 100 us, of 1,000", "ticks", share, goal="<= 1", note=note)]


def _begin_to_turn(url: str, rate_nl_h: int) -> None:
    with connect(url, role="take-over") as pump:  # a line that was here before may still have it
        for alarm in pump.alarms():
            pump.acknowledge(alarm.code)
        pump.set_telemetry_rate(100)
        pump.set_reservoir(0, capacity_nl=30_000_000, contents_nl=30_000_000)
        pump.move("prime", reservoir=0, volume_nl=9_000_000, rate_nl_h=rate_nl_h)


def _asked(line: Line, asks_hz: int, seconds: int) -> Iterator[tuple[int, int]]:
    """Counter and time (us) of each record that comes while a host asks so often."""
    for _ in range(asks_hz * seconds):
        line.send(line.frame(numbers.STATUS))
        yield from line.records(1_000_000 // asks_hz)


def _lateness_us(times_us: list[int], period_us: int = 10_000) -> list[int]:
    """By how much each tick came after its time; one that came a whole period late sets the time anew."""
    due, late = times_us[0], []
    for now in times_us[1:]:
        due += period_us
        late.append(now - due)
        if not 0 <= now - due < period_us:
            due = now
    return late


def stop_figures(quick: bool) -> list[Figure]:
    """From a stop frame to the motor's end: at any moment of a tick, in the midst of a collection, and at the
    beginning of an erase."""
    attempts, collections, erases = (3, 2, 1) if quick else (20, 7, 5)
    with EmulatedBoard(seed=1) as board:
        url = flash(Order(BOARD, board.repl_port)).link_port
        anyhow = [_stop_latency_ms(board, url, 20_000 + 1_700 * attempt) for attempt in range(attempts)]
        in_collection = [
            stop_in_collection_ms(board, number * _COLLECTION_US // collections)
            for number in range(collections)
        ]
        in_erase = [_stop_latency_ms(board, url, None) for _ in range(erases)]
    note = f"the worst of {attempts}, and of {erases} that were sent as an erase began; in emulated time"
    midst = f"the worst of {collections}, spread over the {_COLLECTION_US // 1000} ms after it began"
    return [
        Figure("stop frame to last step edge and driver off", "ms", max(anyhow), goal="<= 15", note=note),
        Figure("the same while the heap is collected", "ms", max(in_collection), goal="<= 15", note=midst),
        Figure("the same while flash is being erased", "ms", max(in_erase), goal="<= 60"),
    ]


def _stop_latency_ms(board: EmulatedBoard, url: str, after_us: int | None) -> float:
    """Emulated time from a stop frame, sent after so long or (None) as an erase begins, to the last edge and
    the driver's end, whichever is later; with telemetry at 100 Hz under way."""
    _begin_to_turn(url, _FAST_NL_H)
    with Line(board) as line:
        assert line.open()
        if after_us is None:
            _await_erase(line)
        else:
            line.advance(after_us)
        return _stopped_ms(line)


def stop_in_collection_ms(board: EmulatedBoard, after_us: int) -> float:
    """The same for one that is sent so long after a collection began: the first one after a power cut, which
    is the first to come."""
    with Line(board) as line:
        line.power_cut()
        line.advance(1)
        hello = payloads.decode(numbers.HELLO | numbers.ANSWER_BIT, _first_answer(line))
        session: int = hello["session"]
        line.send(line.frame(numbers.TELEMETRY_SET, session=session, request=1, rate_hz=100))
        assert line.await_answer(numbers.TELEMETRY_SET) is not None
        move = {"kind": 0, "reservoir": 0, "volume_nl": 9_000_000, "rate_nl_h": _FAST_NL_H}
        line.send(line.frame(numbers.MOVE, session=session, request=2, **move))
        assert line.await_answer(numbers.MOVE) is not None
        await_collection(line)
        line.advance(1 + after_us)
        _go_on_to_collection(line)
        return _stopped_ms(line)


def _stopped_ms(line: Line) -> float:
    before = line.peek("edges")["steps"]
    cycle = line.peek("chip")["cycle"]
    line.send(STOP_FRAME)
    assert line.await_answer(numbers.STOP, 1_000_000) is not None
    line.advance(100_000)
    edges = line.peek("edges")
    assert before > 0, "the motor did not turn"
    line.advance(100_000)
    assert line.peek("edges")["steps"] == edges["steps"], "the motor still turns"
    switched, on = edges["enable"][-1]
    assert not on
    ended: int = max(switched, max(edge[0] for edge in edges["last"]))
    return float(ended - cycle) / CYCLES_PER_US / 1000


def await_collection(line: Line) -> None:
    """Have answers leave something behind until a collection begins, less than a millisecond ago."""
    for _ in range(_MOST_ANSWERS):
        line.send(line.frame(numbers.LINK_HEALTH, session=0, request=1))
        for _ in range(20):
            line.advance(1_000)
            if _is_collecting(line):
                return
        line.received()
    raise AssertionError("no collection came")


def _go_on_to_collection(line: Line) -> None:
    """Let a tick pass that has come in the midst of a collection, or between its two parts."""
    until_us = line.now_us + 10_000
    while not _is_collecting(line):
        assert line.now_us < until_us, "the collection is over"
        line.advance(100)


def _is_collecting(line: Line) -> bool:
    """Return whether the chip counts down to what it shall do in a collection's midst: then alone it does."""
    return _TIMER in line.peek("chip")["pio_runs"][1]


def _await_erase(line: Line) -> None:
    """Let time pass until an erase of flash has begun, less than a millisecond ago."""
    erased = line.peek("chip")["erased_sectors"]
    while line.peek("chip")["erased_sectors"] == erased:
        line.advance(1_000)
