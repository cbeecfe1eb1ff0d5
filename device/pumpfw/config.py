"""The board's numbers: what ``hal.board().config`` says, with defaults for what it leaves out.

Hard limits stand here and nowhere else; nothing that travels over the link changes them.
"""

from pumplink.numbers import MAX_FLOW_NL_H, MAX_RESERVOIRS, MAX_SEGMENTS, SMALL

LARGEST_STEP_PL = 1 << 22  # 4 uL: the law's arithmetic ends at twice that

# name: (default, minimum, maximum)
NUMBERS = {
    "tick_hz": (100, 10, 1000),
    # pump head and motor
    "steps_per_rev": (3200, 48, 65_536),  # microsteps
    "stroke_pl": (50_000_000, 1_000, SMALL),  # pL a revolution, nominal, used without a calibration
    "home_window_mdeg": (
        90_000,
        1_000,
        179_000,
    ),  # how far the home mark may come from where the count expects it
    # hard limits
    "max_flow_nl_h": (120_000_000, 1, MAX_FLOW_NL_H),
    "max_bolus_nl": (5_000_000, 1, SMALL),
    "max_bolus_nl_h": (120_000_000, 1, MAX_FLOW_NL_H),
    "max_hour_nl": (60_000_000, 1, SMALL),
    "max_pressure_pa": (69_000, 1_000, SMALL),  # 10 psi: Open PCA pump requirements 1.0.0
    "max_move_nl": (10_000_000, 1, SMALL),
    "reservoirs": (MAX_RESERVOIRS, 1, MAX_RESERVOIRS),
    # flow sensor (Sensirion SLF3S-0600F: 10 counts a uL/min, +-2000 uL/min, 5 % of the value)
    "sensor_address": (0x08, 1, 0x7F),
    "sensor_nl_h_per_count": (6_000, 1, 32_000),
    "sensor_range_nl_h": (120_000_000, 1_000, MAX_FLOW_NL_H),
    "sensor_zero_error_nl_h": (
        300_000,
        0,
        50_000_000,
    ),  # what its zero may be off by: 0.25 % of full scale
    "calibrated_zero_error_nl_h": (20_000, 0, 50_000_000),  # and with a calibration
    "correction_limit_ppm": (150_000, 0, 300_000),  # how far the sensor may move the flow
    # pressure sensor
    "pressure_pa_at_zero": (0, -SMALL, SMALL),  # at a raw reading of 0
    "pressure_pa_full_scale": (200_000, -SMALL, SMALL),  # at a raw reading of 65,535
    "compliance_nl_per_kpa": (1_000, 0, 100_000),  # of the line, for the relief after an occlusion
    # how the loop keeps time
    "watchdog_ms": (2_000, 100, 8_388),
    "permit_us": (100_000, 1_000, 1_000_000),  # how far ahead of the tick the motor may run
    "journal_s": (8, 1, 10),  # a position is journalled at least this often while the head turns
    "journal_nl": (10_000, 1_000, 10_000),  # how far ahead of the journalled volume the head may never get
}


class Config:
    """Integer attributes named as in ``NUMBERS``; raises ``ValueError`` naming what is out of range."""

    def __init__(self, board_numbers: "dict[str, int]") -> None:
        self.tick_hz = 0
        self.steps_per_rev = 0
        self.stroke_pl = 0
        self.home_window_mdeg = 0
        self.max_flow_nl_h = 0
        self.max_bolus_nl = 0
        self.max_bolus_nl_h = 0
        self.max_hour_nl = 0
        self.max_pressure_pa = 0
        self.max_move_nl = 0
        self.reservoirs = 0
        self.segments = MAX_SEGMENTS
        self.sensor_address = 0
        self.sensor_nl_h_per_count = 0
        self.sensor_range_nl_h = 0
        self.sensor_zero_error_nl_h = 0
        self.calibrated_zero_error_nl_h = 0
        self.correction_limit_ppm = 0
        self.pressure_pa_at_zero = 0
        self.pressure_pa_full_scale = 0
        self.compliance_nl_per_kpa = 0
        self.watchdog_ms = 0
        self.permit_us = 0
        self.journal_s = 0
        self.journal_nl = 0
        for name, (default, minimum, maximum) in NUMBERS.items():
            value = board_numbers.get(name, default)
            if not minimum <= value <= maximum:
                raise ValueError(
                    "board number %s is %d, allowed are %d to %d" % (name, value, minimum, maximum)
                )
            setattr(self, name, value)
        if self.stroke_pl // self.steps_per_rev >= LARGEST_STEP_PL:
            raise ValueError(
                "a microstep of %d pL is too big, allowed are %d"
                % (self.stroke_pl // self.steps_per_rev, LARGEST_STEP_PL)
            )
