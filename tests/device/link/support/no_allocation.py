"""What the tick calls, with the heap locked and readings at the ends of their ranges: MicroPython only."""

import micropython
from link_rig import Rig

from pumpfw.telemetry import is_record_due
from pumplink import states
from pumplink.alarms import HIGH

SMALL = (1 << 30) - 1


def extreme(readings):
    for name in ("now", "commanded", "counted", "measured", "steps"):
        setattr(readings, name + "_lo", SMALL)
        setattr(readings, name + "_hi", SMALL)
    readings.measured_hi = -SMALL
    for name in ("set_nl_h", "flow_nl_h", "pressure_pa", "remaining_nl", "alarms_latched", "run", "boot"):
        setattr(readings, name, SMALL)
    readings.measured_nl_h = readings.temperature_mc = -SMALL
    readings.late_ticks = SMALL
    readings.rotor_mdeg = 359_999


def not_small(*objects):
    """Names of integer attributes that would be heap objects on a 32-bit chip."""
    return [
        name
        for thing in objects
        for name, value in thing.__dict__.items()
        if isinstance(value, int) and not -SMALL - 1 <= value <= SMALL
    ]


rig = Rig()
rig.hello()
rig.telemetry.set_rate(100)
rig.telemetry.fetch(0, 10)
extreme(rig.readings)
rig.readings.counter_lo = SMALL - 500
readings, telemetry, summaries, events = rig.readings, rig.telemetry, rig.summaries, rig.events
second = 1_000_000

micropython.heap_lock()
for _ in range(70):
    readings.now_lo = (readings.now_lo + second) & SMALL
    for _ in range(20):
        if is_record_due(rig.cells):
            telemetry.record()
    summaries.second()
    events.add(states.EVENT_BOOT, SMALL, -SMALL, HIGH)
micropython.heap_unlock()

print("waiting", summaries._waiting, "queued", events._queued, "lost", events._lost)
print("counter", readings.counter_hi)
print("not small", not_small(telemetry, summaries, events))
