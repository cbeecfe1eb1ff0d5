"""What the pump knows of itself at the end of a tick: telemetry, summaries and status are copies of this.

Every attribute is an integer below 2^30 in magnitude. A bigger quantity is two limbs, ``value = hi * 2^30
+ lo`` with ``lo`` in 0..2^30-1; only ``measured_hi`` may be negative.
"""


class Readings:
    """One record of plain integers, written by the tick alone."""

    def __init__(self) -> None:
        self.now_lo = 0  # us since boot
        self.now_hi = 0
        self.commanded_lo = 0  # nL of this run: the exact integral of the set flow
        self.commanded_hi = 0
        self.counted_lo = 0  # nL of this run: motor steps through the calibration
        self.counted_hi = 0
        self.measured_lo = 0  # nL of this run: the flow sensor's integral
        self.measured_hi = 0
        self.steps_lo = 0  # microsteps forward less backward since boot
        self.steps_hi = 0
        self.set_nl_h = 0
        self.flow_nl_h = 0  # what the motor was told, through the calibration
        self.measured_nl_h = 0
        self.rotor_mdeg = 0
        self.pressure_pa = 0
        self.remaining_nl = 0  # in the reservoir in use
        self.alarms_latched = 0  # bits by alarm code
        self.alarms_present = 0
        self.temperature_mc = 0
        self.late_ticks = 0
        self.longest_tick_us = 0
        self.state = 0
        self.flags = 0
        self.segment = 0
        self.reservoir = 0
        self.priority = 0  # of the highest latched alarm
        self.run = 0  # number of the run, 0 when there was none
        self.boot = 0
        self.tick_hz = 0
