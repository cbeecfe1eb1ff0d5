"""Steps that tests of alarms share."""

from core_rig import ML, segment

from pumplink.alarms import OCCLUSION


def running(rig, rate=10 * ML, duration=100_000, keep_open=ML, **header):
    """Start a program of one segment, and let it run for 5 s."""
    rig.start(segment(rate=rate, duration=duration), keep_open=keep_open, **header)
    rig.run(5)


def occlude(rig):
    """Close the line and wait until the pump does something about it."""
    rig.close()
    before = rig.readings.state
    while rig.readings.state == before:
        rig.tick()


def open_and_resume(rig):
    """Open the line that was closed, acknowledge the alarm of it, and go on."""
    rig.open()
    rig.run(1)
    rig.pump.acknowledge(OCCLUSION)
    rig.resume()


def only(rig, *codes):
    """Whether these alarms are latched and no others."""
    return rig.readings.alarms_latched == sum(1 << code for code in codes)
