"""Run on a chip: ticks of each state with the heap locked, each between two marks on GP28; then the same
duties in ordinary float Python. ``state(number, ticks)`` prints the state before and after."""

import gc

import core_rig
import micropython
from float_pump import FloatPump
from into_states import INTO
from machine import Pin
from quick_board import QuickBoard, QuickEvents, QuickLog

from pumpfw.summaries import Summaries
from pumpfw.telemetry import Telemetry
from pumplink.states import RAMP

TICK_HZ = 100
FAST_TICK_HZ = 1000
_mark = Pin(28, Pin.OUT, value=0)
on, off = _mark.on, _mark.off
NOTCHED = [400 if index % 60 > 47 else 1000 for index in range(180)]


class ChipRig(core_rig.Rig):
    """The rig of the core's tests on a board that costs nothing, with records of telemetry and summaries as a
    board has them."""

    def duties(self):  # type: ignore[no-untyped-def]
        tick_hz = self.numbers.get("tick_hz", TICK_HZ)
        self.readings.tick_hz = tick_hz
        self.telemetry = Telemetry(self.cells, self.readings, tick_hz)
        return self.telemetry.record, Summaries(QuickLog(), self.readings).second

    def tick(self, us: int = 0) -> bool:
        self.core.position.service()
        board = self.board
        before = board.stepper.made
        board.pass_time(us or self.period_us)
        if self.is_closed:
            board.set_flow(0)
            board.pressure_pa += (board.stepper.made - before) * 16  # 1 uL/kPa
        else:
            board.set_flow(self.readings.flow_nl_h // 6000)
        return next(self.core.ticks)


core_rig.FakeBoard = QuickBoard
core_rig.FakeEvents = QuickEvents


def rig(tick_hz: int = TICK_HZ) -> ChipRig:
    """A pump with a calibration and a rotor map, filled."""
    made = ChipRig({"compliance_nl_per_kpa": 100_000, "tick_hz": tick_hz}, 27)
    made.fill()
    strokes = [51_234_567, 49_000_001] + [0] * 6
    speeds = [1_000, 200_000] + [0] * 6
    head = [0, 1, 0, 1_020_000, -700, 2]
    made.pump.calibration.set(head + speeds + strokes + [0, 0, 0, 1] + NOTCHED)
    return made


def run(pump: ChipRig, ticks: int, per_tick: int) -> None:
    """Mark so many ticks; the heap is locked in each."""
    board, generator, service = pump.board, pump.core.ticks, pump.core.position.service
    lock, unlock = micropython.heap_lock, micropython.heap_unlock
    for number in range(ticks):
        if number % 50 == 0:
            service()
            board.set_flow(per_tick + number // 50 % 3)
            gc.collect()
        board.pass_time(pump.period_us)
        lock()
        on()
        next(generator)
        off()
        unlock()


def state(number: int, ticks: int) -> None:
    """Get the pump into that state and mark its ticks."""
    gc.collect()
    pump = rig()
    INTO[number](pump)
    before = pump.readings.state
    run(pump, ticks, 160 if before in (1, 3, 4, 5) else 0)
    print(before, pump.readings.state)


def ramp(ticks: int) -> None:
    """Mark the ticks of a steep ramp through the map."""
    gc.collect()
    pump = rig()
    pump.start(core_rig.segment(RAMP, rate=0, to_rate=60_000_000, duration=60))
    run(pump, ticks, 300)
    print(pump.readings.state)


def fast(ticks: int) -> None:
    """Mark the ticks of a running program at 1 kHz, each with its record."""
    gc.collect()
    pump = rig(FAST_TICK_HZ)
    INTO[1](pump)
    pump.telemetry.set_rate(FAST_TICK_HZ)
    run(pump, ticks, 160)
    print(pump.readings.state)


def plain(segments: "tuple[tuple[str, float, float, float], ...]", count: int, ticks: int) -> None:
    """Mark the ticks of the float pump."""
    gc.collect()
    board = QuickBoard({}, 27)
    board.set_flow(count)
    pump = FloatPump(board, segments, ((1.0, 51.2), (40.0, 49.0)), [value / 1000 for value in NOTCHED])
    board.stepper.enable(True)
    for number in range(ticks):
        if number % 20 == 0:
            gc.collect()
        board.pass_time(1_000_000 // TICK_HZ)
        on()
        pump.tick(board.now_us)
        off()
    print(len(pump.alarms))


def nothing(times: int) -> None:
    """Mark what a mark itself costs."""
    for _ in range(times):
        on()
        off()


def frames(times: int) -> None:
    """Mark a telemetry frame of seven records written, read again, and a record of the ring."""
    from pumplink.frame import FrameReader, FrameWriter

    payload = bytearray(bytes(range(256)) * 2)[:465]
    out = bytearray(520)
    writer, reader = FrameWriter(), FrameReader()
    for _ in range(times):
        gc.collect()
        on()
        end = writer.encode(out, 0, 64, 7, payload, len(payload))
        off()
        on()
        reader.feed(out, end)
        whole = reader.next()
        off()
        assert whole
    pump = rig()
    INTO[1](pump)
    for _ in range(times):
        for _ in range(10):
            pump.tick()
        on()
        pump.telemetry.record()
        off()


def journal(times: int) -> None:
    """Mark a position written."""
    pump = rig()
    INTO[1](pump)
    for _ in range(times):
        gc.collect()
        on()
        pump.core.position.write()
        off()


def collect() -> None:
    """Mark a collection with the core alone in memory."""
    pump = rig()
    gc.collect()
    on()
    gc.collect()
    off()
    print(gc.mem_alloc(), pump.readings.state)
