"""The board's numbers: what ``hal.board().config`` says, with defaults for what it leaves out.

Hard limits stand here and nowhere else; nothing that travels over the link changes them.
"""

from pumplink.numbers import MAX_FLOW_NL_H, MAX_RESERVOIRS, MAX_SEGMENTS, SMALL

LARGEST_STEP_PL = 1 << 22  # 4 uL: the law's arithmetic ends at twice that


class Config:
    """Integer attributes named as the board's numbers; raises ``ValueError`` naming what is out of range."""

    def __init__(self, board_numbers: "dict[str, int]") -> None:
        def number(name: str, default: int, least: int, most: int) -> int:
            value = board_numbers.get(name, default)
            if not least <= value <= most:
                raise ValueError("board number %s is %d, allowed are %d to %d" % (name, value, least, most))
            return value

        self.tick_hz = number("tick_hz", 100, 10, 1000)
        # pump head and motor
        self.steps_per_rev = number("steps_per_rev", 3200, 48, 65_536)  # microsteps
        # pL a revolution, nominal, used without a calibration
        self.stroke_pl = number("stroke_pl", 50_000_000, 1_000, SMALL)
        # how far the home mark may come from where the count expects it
        self.home_window_mdeg = number("home_window_mdeg", 90_000, 1_000, 179_000)
        # hard limits
        self.max_flow_nl_h = number("max_flow_nl_h", 120_000_000, 1, MAX_FLOW_NL_H)
        self.max_bolus_nl = number("max_bolus_nl", 5_000_000, 1, SMALL)
        self.max_bolus_nl_h = number("max_bolus_nl_h", 120_000_000, 1, MAX_FLOW_NL_H)
        self.max_hour_nl = number("max_hour_nl", 60_000_000, 1, SMALL)
        # 10 psi: Open PCA pump requirements 1.0.0
        self.max_pressure_pa = number("max_pressure_pa", 69_000, 1_000, SMALL)
        self.max_move_nl = number("max_move_nl", 10_000_000, 1, SMALL)
        self.reservoirs = number("reservoirs", MAX_RESERVOIRS, 1, MAX_RESERVOIRS)
        self.segments = MAX_SEGMENTS
        # flow sensor (Sensirion SLF3S-0600F: 10 counts a uL/min, +-2000 uL/min, 5 % of the value)
        self.sensor_address = number("sensor_address", 0x08, 1, 0x7F)
        self.sensor_nl_h_per_count = number("sensor_nl_h_per_count", 6_000, 1, 32_000)
        self.sensor_range_nl_h = number("sensor_range_nl_h", 120_000_000, 1_000, MAX_FLOW_NL_H)
        # what its zero may be off by: 0.25 % of full scale; and with a calibration
        self.sensor_zero_error_nl_h = number("sensor_zero_error_nl_h", 300_000, 0, 50_000_000)
        self.calibrated_zero_error_nl_h = number("calibrated_zero_error_nl_h", 20_000, 0, 50_000_000)
        # how far the sensor may move the flow
        self.correction_limit_ppm = number("correction_limit_ppm", 150_000, 0, 300_000)
        # pressure sensor: at a raw reading of 0, and of 65,535
        self.pressure_pa_at_zero = number("pressure_pa_at_zero", 0, -SMALL, SMALL)
        self.pressure_pa_full_scale = number("pressure_pa_full_scale", 200_000, -SMALL, SMALL)
        # of the line, for the relief after an occlusion
        self.compliance_nl_per_kpa = number("compliance_nl_per_kpa", 1_000, 0, 100_000)
        # how the loop keeps time
        self.watchdog_ms = number("watchdog_ms", 2_000, 100, 8_388)
        # how far ahead of the tick the motor may run
        self.permit_us = number("permit_us", 100_000, 1_000, 1_000_000)
        # a position is journalled at least this often while the head turns
        self.journal_s = number("journal_s", 8, 1, 10)
        # how far ahead of the journalled volume the head may never get
        self.journal_nl = number("journal_nl", 10_000, 1_000, 10_000)
        if self.stroke_pl // self.steps_per_rev >= LARGEST_STEP_PL:
            raise ValueError(
                "a microstep of %d pL is too big, allowed are %d"
                % (self.stroke_pl // self.steps_per_rev, LARGEST_STEP_PL)
            )
