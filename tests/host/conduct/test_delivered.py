"""Requested against counted, counted against the model's truth, over kinds of program and plants."""

import pytest
from tests.host.conduct.conftest import RESERVOIR, STEP_NL, Conduct, constant, program

from pumplink.states import RUNNING

RAMP = 'kind = "ramp"\nrate = "{}"\nto_rate = "{}"\n'
PAUSE = 'kind = "pause"\nduration = "20 s"'
SECOND = RESERVOIR.replace("main", "other")

PROGRAMS = {
    "slow": program(constant("0.05 mL/h", "10 min")),
    "fast": program(constant("60 mL/h", "20 s")),
    "by volume": program('kind = "constant"\nrate = "20 mL/h"\nvolume = "123456 nL"'),
    "ramps": program(
        RAMP.format("0 mL/h", "5 mL/h") + 'duration = "61 s"',
        RAMP.format("5 mL/h", "0 mL/h") + 'duration = "59 s"',
        RAMP.format("5 mL/h", "1 mL/h") + 'volume = "0.05 mL"',
    ),
    "ends with a pause": program(RAMP.format("0.06 mL/h", "0.09 mL/h") + 'duration = "400 s"', PAUSE),
    "bolus and keep-open": program(
        'kind = "bolus"\nvolume = "0.1 mL"\nrate = "30 mL/h"',
        PAUSE,
        'kind = "keep-open"\nduration = "60 s"',
        head='keep_open_rate = "0.5 mL/h"\nrepeat = 3',
    ),
    "two reservoirs, attended": program(
        constant("3 mL/h", "30 s") + '\nreservoir = "main"',
        constant("1 mL/h", "40 s") + '\nreservoir = "other"',
        head='mode = "attended"\nrepeat = 2',
        reservoirs=RESERVOIR + SECOND,
    ),
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_is_counted_is_the_program_to_a_microstep_and_never_more(text: str, conduct: Conduct) -> None:
    done = conduct(text)
    assert (done.summary.state, done.summary.alarms) == ("finished", ())
    assert -STEP_NL - 2 <= done.summary.delivered_nl - done.summary.requested_nl <= 0
    assert done.truth[-1]["steps"] * STEP_NL == pytest.approx(done.summary.delivered_nl, abs=STEP_NL)
    done.assert_whole()
    ended_us = int(done.records["time_us"][done.records["state"] == RUNNING][-1])
    assert int(done.records["time_us"][-1]) - ended_us <= 1_200_000  # not recorded on and on
    assert int(done.records["commanded_nl"][-1]) == pytest.approx(done.summary.requested_nl, abs=6)


PLANTS = {
    "a worn tube": ("[pump]\nstroke_volume_ul_per_rev = 45\n", 45, 3200),
    "a wide tube": ("[pump]\nstroke_volume_ul_per_rev = 55\n", 55, 3200),
    "a fine motor": ("[pump]\nsteps_per_rev = 400\nmicrosteps = 32\nbacklash_steps = 2.5\n", 50, 12_800),
    "uneven rollers": (
        "[pump]\nrollers = 4\nroller_depths = [0.9, 0.2, 1.1, 0.4]\npulsation_width_deg = 60\n",
        50,
        3200,
    ),
    "a soft line, cold": (
        "[line]\ncompliance_ul_per_kpa = 10\nresistance_kpa_per_ul_min = 0.01\n"
        "[fluid]\nsiphon_head_m = 0.5\ntemperature_c = 5\n",
        50,
        3200,
    ),
    "a bad sensor and clock": (
        "[sensor]\nnoise_ul_per_min = 3\noffset_ul_per_min = 2\n[clock]\nerror_ppm = 80\n",
        50,
        3200,
    ),
}


@pytest.mark.parametrize(("plant", "stroke_ul", "steps_per_rev"), PLANTS.values(), ids=PLANTS.keys())
def test_on_any_plant_the_truth_is_the_count_times_the_tube_s_error(
    plant: str, stroke_ul: float, steps_per_rev: int, conduct: Conduct
) -> None:
    done = conduct(program(constant("5 mL/h", "108 s")), plant)  # three revolutions
    step_nl = 50_000 / steps_per_rev
    assert (done.summary.state, done.summary.alarms) == ("finished", ())
    assert -step_nl - 1 <= done.summary.delivered_nl - 150_000 <= 0
    assert done.head_nl == pytest.approx(done.summary.delivered_nl * stroke_ul / 50, abs=2.1 * STEP_NL)
    done.assert_whole()


def test_a_worn_tube_at_a_flow_that_the_sensor_sees_does_not_stand_still_before_the_end(
    conduct: Conduct,
) -> None:
    done = conduct(
        program(constant("20 mL/h", "600 s")),
        "[pump]\nstroke_volume_ul_per_rev = 46\n[sensor]\nnoise_ul_per_min = 0\n",
    )
    assert (done.summary.state, done.summary.alarms) == ("finished", ())
    running = done.records[done.records["state"] == RUNNING]
    last_minute = int(running["counted_nl"][-1]) - int(running["counted_nl"][-601])
    assert last_minute == pytest.approx(20_000_000 / 60, rel=0.02)
