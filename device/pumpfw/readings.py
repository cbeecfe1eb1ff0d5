"""The tick's numbers: one array of words, which machine code reaches by place and ordinary code by name.

A look-up of an attribute takes a chip about as long as a hundred machine instructions. So whatever runs in
most ticks is a ``viper`` function over ``cells``, and finds each number at a fixed place: its file says
``_STATE = const(19)``, which costs no memory, and ``tests/device/core/test_places.py`` holds every such line
against ``PLACES``. All other code writes ``readings.state``, which is the same word; for a chip the flashing
command puts the place there, too, so that no name takes memory (``pumpbench/flashing/by_place.py``). To know
them, it wants readings to be called ``readings`` or ``_readings`` everywhere.

Every number is below 2^30 in magnitude. A bigger quantity is two limbs, ``value = hi * 2^30 + lo`` with
``lo`` in 0..2^30-1; only ``measured_hi`` and ``rest_hi`` may be negative. What telemetry, summaries and
status show are copies of the first block.
"""

from array import array

import uctypes

TYPE_CHECKING = False

# (first place, names)
PLACES = (
    (
        0,
        (
            "now_lo",  # us since boot
            "now_hi",
            "commanded_lo",  # nL of this run: the exact integral of the set flow
            "commanded_hi",
            "counted_lo",  # nL of this run: motor steps through the calibration
            "counted_hi",
            "measured_lo",  # nL of this run: the flow sensor's integral
            "measured_hi",
            "steps_lo",  # microsteps forward less backward since boot
            "steps_hi",
            "set_nl_h",
            "flow_nl_h",  # what the motor was told, through the calibration
            "measured_nl_h",
            "rotor_mdeg",
            "pressure_pa",
            "remaining_nl",  # in the reservoir in use
            "alarms_latched",  # bits by alarm code
            "temperature_mc",
            "late_ticks",
            "state",
            "flags",
            "segment",
            "reservoir",
            "alarms_present",
            "longest_tick_us",
            "priority",  # of the highest latched alarm
            "run",  # number of the run, 0 when there was none
            "boot",
            "tick_hz",
            "alarm_due",  # what an alarm makes the pump do in this tick
        ),
    ),
    (  # clock
        30,
        (
            "period_us",
            "last_us",  # the hardware's count when the last tick began
            "due_us",  # when the next tick should begin
            "dt_us",  # real length of the last tick
            "in_second_us",
        ),
    ),
    (  # motor
        36,
        (
            "steps_per_rev",
            "hardware_steps",  # the hardware's count at the last tick
            "rotor_steps",  # 0..steps_per_rev-1, from the home mark when there is one
            "backward",
            "permitted",  # steps that the hardware may still make, as of the last count
            "mdeg_whole",  # millidegrees of a microstep ...
            "mdeg_q13",  # ... and 1/8192 of them
            "even_nl_h",  # the map is learned up to this flow: above it the lag is too many degrees
        ),
    ),
    (  # ledger and delivery
        44,
        (
            "step_pl",  # volume of a microstep at the present flow: step_pl + step_rest / steps_per_rev
            "step_rest",
            "fraction_pl",  # counted, beyond the last whole nL: 0..999
            "fraction_steps",  # and beyond that, in pL / steps_per_rev
            "authorised_nl",  # how much more the journal allows the head to deliver
            "journal_below_nl",  # the journal is due when that is less than this
            "journal_due",
            "base_lo",  # commanded up to the last whole second of the program's clock
            "base_hi",
            "within_nl",  # what is published on top of it
            "hour_nl",  # delivered in the last hour
            "minute_nl",  # of that in the present minute
            "max_hour_nl",
            "run_open",  # a run that has not been stopped or finished
            "has_program",  # the open run delivers a program (a bolus alone does not)
            "relieves_run",  # what is run back had been counted for the run
            "task_left_nl",  # of a bolus, a move or a relief
            "task_nl_h",
            "stood_s",  # seconds since the head last turned
        ),
    ),
    (  # reservoirs: the contents of all four, and the marks of the one in use
        64,
        ("remaining_0", "remaining_1", "remaining_2", "remaining_3", "is_followed", "empty_nl"),
    ),
    (  # the position in the program: the first 21 are journalled
        70,
        (
            "is_finished",
            "repeat",
            "left_nl",  # to be counted, by volume; may be negative by what a reset assumed
            "left_s",  # by time
            "set_left_nl",  # by volume: what of the set volume has not been owed yet
            "second_us",
            "second_nl",  # set volume of the present second
            "carry",  # and 1/3600 nL beyond it
            "segment_nl_h",  # at the middle of this second
            "slope",  # a ramp: the flow grows by slope + slope_rest / span each second
            "slope_rest",
            "span",
            "rate_rest",
            "volume_rest",
            "ramp_left_s",
            "ramp_to_nl_h",  # where a ramp that ends by volume goes on, -1 when none
            "carry_before",  # the carry when a segment by volume began
            "is_tail",
            "rest_lo",  # nL of the whole program
            "rest_hi",
            "balance_pl",  # set volume at the end of this second, less what the law counts as delivered
            "by_volume",
            "is_fresh",  # the program's clock begins with this tick
            "is_clipped",  # held to the keep-open rate
            "shared_nl",  # set volume of this second that has been given out to a bolus
            "program_nl_h",  # the program's flow now
            "program_reservoir",
            "keep_open_nl_h",
            "measured_pl",  # measured, beyond the last whole nL
            "measured_rest",
        ),
    ),
    (  # law
        100,
        (
            "rate_nl_h",  # the flow that the law is to make
            "written_stroke_pl",  # of a revolution at the present flow, as the calibration was written
            "horizon_steps",  # steps in the time that the motor may run ahead
            "steer_from",  # the interval stands for rotor angles from here ...
            "steer_to",  # ... to before here, in microsteps
            "steer_due",  # something else has changed it
            "step_q7",  # volume of a microstep in pL / 128
            "track_q13",
            "tube_ppm",  # share that the sensor found the tube to give more than was written
            "is_limited",  # it would go beyond its limit
            "interval_us",
            "interval_frac",
            "trim_ppm",  # share that a revolution gives more than was written: tube, warmth, slip
            "max_flow_nl_h",
            "permit_us",  # how far ahead of the tick the motor may run
            "map_valid",
            "map_shift",  # ``passed`` counts mean microsteps in 1 / 2^map_shift
            "map_most",  # the most that one microstep passes, in the same; 1 without a map
            "passed",  # from angle 0 to the rotor, through the map
            "passed_rest",  # beyond the last whole mean microstep that was counted
            "half_tick_us",
            "pressure_mean_pa",  # over some seconds
            "slip_ppm_kpa",  # share of the stroke lost a kPa of pressure behind the head
            "warming_ppm_c",  # share won a degree above 20 C
            "least_nl_h",  # flows that the sensor is followed at
            "most_nl_h",
            "settle_s",  # seconds after a change of flow before it is followed
            "settled_s",
            "learn_nl_h",  # the window in which measured and counted volume are compared
            "learn_s",
            "learn_steps",
            "learn_target",
            "learn_measured",
            "learn_counted",
            "learn_pa",
            "quick_s",  # seconds in which a change of pressure or temperature is still followed at once
            "calm_law_pa",  # pressure and temperature before that
            "calm_law_mc",
            "stroke_pl",  # of a revolution, in force: written and trimmed
            "lag_us",  # from the head's flow to the flow sensor's reading
        ),
    ),
    (  # telemetry
        180,
        (
            "phase",
            "records_hz",
            "ticks_hz",
            "kept",  # records in the ring
            "counter_lo",  # of the next record
            "counter_hi",
            "batch",  # records that are sent together
            "is_live",
            "live_age",
            "live_due",
            "fetch_age",
            "fetch_left",
            "dropped",
            "events_wait",  # to be written to flash
        ),
    ),
    (  # estimator and watch
        140,
        (
            "since_read_nl",  # delivered since the pressure was last read
            "risen_nl",  # delivered since the pressure began to rise
            "calm_pa",  # the pressure before any occlusion
            "raw_nl_h",  # the last flow reading, gain and zero taken care of
            "is_line_known",  # the pressures that follow are of the present turning
            "line",  # the pressure, filtered; these three are in 1/8 Pa above -2 MPa
            "open_line",  # the same when flow was last seen for certain, or since then the lowest
            "calm_line",  # the lowest lately: what a relief goes back to
            "follow_nl",  # delivered since the calm last crept up
            "slow_nl_h",  # the flow, filtered as the pressure is, above -2^28
            "room_nl_h",  # what the flow reading may be off by: zero and noise
            "limit_64pa",  # the pressure's limit in 64 Pa
            "stiffest",  # the most that a volume may raise the pressure, 1/8 Pa a nL
            "last_count",  # the flow sensor's last reading as it came
            "change",  # it less the one before
            "same",  # readings in a row with the same count
            "noise",  # mean second difference of the counts, Q8
            "lively",  # share of second differences of three counts and more, Q20
            "bad_share",  # share of bad readings, Q16
            "bad_run",  # bad readings in a row
            "off_run",  # readings in a row that repeat another flow than the set one
            "window_s",  # age of the window of comparison; where it began:
            "from_steps",
            "from_counted",
            "from_measured",
            "from_pa",
            "backward_s",  # seconds in it with the flow clearly backward
            "longest",  # most readings in a row with the same count, in this revolution ...
            "longest_before",  # ... and in the one before
            "lap_steps",  # where this revolution began
            "judged_nl_h",  # set flow that these are for
            "count_nl_h",  # the flow sensor: nL/h a count, gain included
            "zero_nl_h",  # to be taken off after that
            "read_at_us",  # when the flow was last read, to whole milliseconds
            "low_nl",  # low mark of the reservoir in use
            "is_closed",  # the line lets nothing through
            "over_reads",  # readings in a row above the pressure's limit
            "air_reads",  # readings in a row that see air
            "pressure_bad_run",  # pressure readings in a row out of range
            "good",  # the flow reading: 0 none, 1 good, 3 at the end of the range
        ),
    ),
    (  # watch
        202,
        (
            "flow_count",  # the flow reading, as the sensor counts
            "zero_room_nl_h",  # what its zero may be off by, amply
            "wrong_sign",  # it runs backward as the head turns forward
            "was_faulty",
            "found",  # bits by alarm code: what causes.py found last
            "has_sensor",
            "looks",  # how often it looked
            "window_seconds",  # the last window of comparison: its length,
            "window_counted",  # volume by count,
            "window_measured",  # by the sensor,
            "window_steps",  # microsteps,
            "window_stored_pa",  # the change of the pressure,
            "window_backward_s",  # and the seconds with the flow clearly backward
            "behind_nl",  # half the set volume less the counted one, while the head turns
            "behind_rest",  # and 1/half_a_tick nL
            "half_a_tick",  # nL/h over this is half of what a flow gives in a tick, in nL
            "late_in_s",  # until the loop's time is looked at again
            "late_before",  # late ticks then
            "late_since",  # and since the time before
        ),
    ),
)
WORDS = 221


def _view(cells: "array[int]"):  # type: ignore[no-untyped-def]
    layout = {}
    for first, names in PLACES:
        for index, name in enumerate(names):
            layout[name] = uctypes.INT32 | (first + index) * 4
    return uctypes.struct(uctypes.addressof(cells), layout, uctypes.NATIVE)


if TYPE_CHECKING:

    class Readings:
        """The words of ``cells`` by name."""

        def __init__(self, cells: "array[int]") -> None: ...
        def __getattr__(self, name: str) -> int: ...
        def __setattr__(self, name: str, value: int) -> None: ...

else:
    Readings = _view


def new_cells() -> "array[int]":
    """Return the array, all zero: ``Readings(cells)`` shows it by name."""
    return array("i", [0] * WORDS)
