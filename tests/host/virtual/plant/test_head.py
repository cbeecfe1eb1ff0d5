"""The head: volume by angle, rollers, wear, temperature, slip, stall, play and the home mark."""

import pytest
from tests.host.virtual.plant.bench import STEPS_PER_REV, STROKE_NL, drive, fault, make, rest, turn


def flow_by_degree(**pump: object) -> list[float]:
    """Return the head's volume over each degree of one revolution, in mean degrees."""
    plant = make(pump={"steps_per_rev": 360, "microsteps": 1, **pump})
    found = []
    for _ in range(360):
        before = plant.truth.head_nl
        turn(plant, 1)
        found.append((plant.truth.head_nl - before) / STROKE_NL * 360)
    return found


@pytest.mark.parametrize("stroke_ul", [2.0, 50.0, 60.0])
@pytest.mark.parametrize("depths", [[], [0.9], [0.2, 0.5, 1.2], [0.1] * 12])
def test_a_revolution_moves_the_stroke_volume_exactly(stroke_ul: float, depths: list[float]) -> None:
    plant = make(
        pump={
            "stroke_volume_ul_per_rev": stroke_ul,
            "rollers": len(depths) or 3,
            "roller_depths": depths,
            "pulsation_depth": 0.7,
        }
    )
    turn(plant, 1234)
    before = plant.truth.head_nl
    turn(plant, 7 * STEPS_PER_REV)
    assert plant.truth.head_nl - before == pytest.approx(7 * stroke_ul * 1000, rel=1e-12)


@pytest.mark.parametrize(("steps_per_rev", "microsteps"), [(200, 16), (400, 8), (200, 256)])
def test_steps_per_rev_times_microsteps_make_a_revolution(steps_per_rev: int, microsteps: int) -> None:
    plant = make(pump={"steps_per_rev": steps_per_rev, "microsteps": microsteps})
    turn(plant, steps_per_rev * microsteps // 4)
    assert plant.truth.rotor_mdeg == pytest.approx(90_000)
    assert plant.truth.head_nl == pytest.approx(STROKE_NL / 4)


@pytest.mark.parametrize("depth", [0.2, 1.0])
def test_pulsation_depth_is_how_far_the_flow_falls_in_a_bite(depth: float) -> None:
    flow = flow_by_degree(pulsation_depth=depth, pulsation_width_deg=90)
    assert min(flow) / max(flow) == pytest.approx(1 - depth, abs=2e-3)


@pytest.mark.parametrize("width", [20, 60, 100])
def test_pulsation_width_is_how_long_a_bite_lasts(width: int) -> None:
    flow = flow_by_degree(pulsation_depth=0.5, pulsation_width_deg=width)
    assert all(part < max(flow) * (1 - 1e-6) for part in flow[1 : width - 2])
    assert all(part == pytest.approx(max(flow)) for part in flow[width + 1 : 120])


@pytest.mark.parametrize("rollers", [2, 3, 6, 12])
def test_each_of_the_rollers_takes_its_bite(rollers: int) -> None:
    flow = flow_by_degree(pulsation_depth=0.5, pulsation_width_deg=20, rollers=rollers)
    bites = sum(flow[i - 1] > flow[i] <= flow[i + 1 - 360] and flow[i] < 0.9 * max(flow) for i in range(360))
    assert bites == rollers


def test_roller_depths_give_each_roller_its_own_bite() -> None:
    depths = [0.2, 0.5, 1.5]
    flow = flow_by_degree(roller_depths=depths, pulsation_width_deg=60)
    lowest = [min(flow[i * 120 : i * 120 + 120]) / max(flow) for i in range(3)]
    assert lowest == pytest.approx([1 - depth for depth in depths], abs=3e-3)


def test_initial_angle_is_where_the_rotor_starts() -> None:
    plant = make(pump={"initial_angle_deg": 123.0})
    assert plant.truth.rotor_mdeg == pytest.approx(123_000)
    turn(plant, STEPS_PER_REV)
    assert plant.truth.rotor_mdeg == pytest.approx(123_000)


def test_backlash_swallows_full_steps_when_the_direction_turns() -> None:
    plant = make(pump={"backlash_steps": 2.0})
    turn(plant, 100)
    turn(plant, -20)
    assert plant.truth.head_nl == pytest.approx(100 * STROKE_NL / STEPS_PER_REV)
    turn(plant, -20)
    assert plant.truth.head_nl == pytest.approx(92 * STROKE_NL / STEPS_PER_REV)
    turn(plant, 32)
    turn(plant, 1)
    assert plant.truth.head_nl == pytest.approx(93 * STROKE_NL / STEPS_PER_REV)


def test_ageing_takes_a_share_of_the_stroke_volume_each_hour() -> None:
    plant = make(pump={"ageing_percent_per_hour": 0.5})
    drive(plant, 7200, 16.0, step_us=1_000_000)
    # 0.5 % lost in the first hour, 1 % in the second: 0.5 % in the mean
    assert plant.truth.head_nl == pytest.approx(16.0 * 120 * 1000 * (1 - 0.005), rel=1e-9)


def test_a_tube_worn_out_moves_nothing() -> None:
    plant = make(pump={"ageing_percent_per_hour": 10.0})
    rest(plant, 11 * 3600)
    turn(plant, 3200)
    assert plant.truth.head_nl == 0


def test_temperature_changes_the_stroke_volume_from_20_degrees_on() -> None:
    plant = make(pump={"temperature_percent_per_c": 0.2}, fluid={"temperature_c": 35.0})
    turn(plant, STEPS_PER_REV)
    assert plant.truth.head_nl == pytest.approx(STROKE_NL * 1.03)


def test_slip_takes_a_share_of_the_flow_by_pressure() -> None:
    plant = make(
        pump={"slip_percent_per_kpa": 0.15},
        line={"back_pressure_kpa": 40.0, "resistance_kpa_per_ul_min": 0.0},
    )
    drive(plant, 60, 100.0)
    assert plant.truth.head_nl == pytest.approx(100_000 * (1 - 0.0015 * 40), rel=1e-5)


def test_slip_ends_the_flow_where_it_is_all_of_it() -> None:
    plant = make(fault("occlusion"), pump={"slip_percent_per_kpa": 1.0})
    drive(plant, 600, 100.0)
    assert plant.truth.pressure_pa == pytest.approx(100_000, rel=1e-3)


def test_stall_pressure_makes_the_motor_lose_steps() -> None:
    plant = make(fault("occlusion"), pump={"stall_kpa": 120.0})
    drive(plant, 300, 100.0)
    assert plant.truth.pressure_pa == pytest.approx(120_000, rel=0.01)
    assert plant.truth.head_nl == pytest.approx(120_000, rel=0.01)
    assert plant.rotor.motor == 32_000


def test_a_head_that_does_not_close_lets_liquid_siphon_at_rest() -> None:
    plant = make(
        pump={"free_flow_ul_per_min_per_kpa": 2.0},
        fluid={"siphon_head_m": 0.5},
        line={"resistance_kpa_per_ul_min": 0.1},
    )
    rest(plant, 60)
    before = plant.truth.outlet_nl
    rest(plant, 60)
    head_kpa = 0.998 * 9.80665 * 0.5
    assert plant.truth.outlet_nl - before == pytest.approx(head_kpa / (0.5 + 0.1) * 1000, rel=1e-6)


def test_a_standing_head_closes_its_tube() -> None:
    plant = make(fluid={"siphon_head_m": 1.0}, line={"back_pressure_kpa": 20.0})
    rest(plant, 3600)
    assert plant.truth.outlet_nl == pytest.approx(0, abs=1e-9)


def test_home_mark_is_passed_once_a_revolution_at_its_angle() -> None:
    plant = make(home={"angle_deg": 90.0})
    turn(plant, 799)
    assert plant.rotor.home_edges == 0
    turn(plant, 4)
    assert plant.rotor.home_edges == 1
    assert plant.home_edge_fraction() == pytest.approx(0.25)
    turn(plant, 10 * STEPS_PER_REV)
    assert plant.rotor.home_edges == 11


def test_home_mark_counts_forward_passes_only() -> None:
    plant = make(home={"angle_deg": 90.0})
    turn(plant, 900)
    turn(plant, -200)
    assert plant.rotor.home_edges == 1
    turn(plant, 200)
    assert plant.rotor.home_edges == 2


def test_home_mark_that_is_not_present_is_never_passed() -> None:
    plant = make(home={"present": False})
    turn(plant, 10 * STEPS_PER_REV)
    assert plant.rotor.home_edges == 0


def test_jitter_scatters_the_mark_by_its_standard_deviation() -> None:
    plant = make(home={"angle_deg": 180.0, "jitter_deg": 2.0})
    places = []
    for _ in range(400):
        turn(plant, STEPS_PER_REV)
        places.append(plant.home_edge_fraction() * 360 - 180)
    mean = sum(places) / 400
    deviation = (sum((place - mean) ** 2 for place in places) / 399) ** 0.5
    assert mean == pytest.approx(0, abs=0.4)
    assert deviation == pytest.approx(2.0, rel=0.15)


def test_the_mark_of_a_revolution_does_not_depend_on_how_it_is_come_by() -> None:
    at_once, in_steps = make(home={"jitter_deg": 5.0}), make(home={"jitter_deg": 5.0})
    turn(at_once, 3000)
    for _ in range(3000):
        turn(in_steps, 1)
    assert at_once.rotor.edge_motor == pytest.approx(in_steps.rotor.edge_motor)


def test_play_is_taken_up_before_the_mark_is_passed() -> None:
    plant = make(pump={"backlash_steps": 1.0}, home={"angle_deg": 90.0})
    turn(plant, 780)
    turn(plant, -16)
    turn(plant, 40)  # 16 of play, 20 to the mark, 4 beyond
    assert plant.home_edge_fraction() == pytest.approx(36 / 40)
