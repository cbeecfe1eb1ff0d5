"""Occlusion: how soon it is found, and how big a bolus its release sends, over compliances and rates.

The baseline is what a pump with a pressure switch does on the same plant: it pumps until the limit is passed
twice in 0.1 s, stands, and keeps the pressure.
"""

from dataclasses import dataclass
from typing import Any

from tests.bench.all_cores import on_all_cores
from tests.bench.figure import Figure
from tests.support.virtual_pump import ML, VirtualPump, constant

from pumpbench.client import Calibration
from pumpbench.files import plant as plant_file
from pumpbench.virtual.plant.plant import Plant

COMPLIANCES_UL_KPA = (0.3, 1.0, 3.0, 10.0)
RATES_NL_H = (100_000, 1_000_000, 10_000_000)
LIMIT_KPA = 69.0
GOAL_KPA = 20.0
GOAL_TIMES = 1.2
GOAL_SHARE = 0.2
STROKE_NL = 50_000
# Volume and sensor are known, the rotor's bites are not: they are what could be taken for an occlusion.
CALIBRATION = Calibration(1, 1, 0, 1_000_000, 0, ((0, STROKE_NL * 1000),), None)


@dataclass(frozen=True)
class Found:
    """What became of one occlusion."""

    compliance_ul_kpa: float
    rate_nl_h: int
    seconds: float
    bolus_nl: float
    stored_nl: float
    plain_seconds: float
    plain_bolus_nl: float

    @property
    def times(self) -> float:
        """Time to the alarm, in times that the line needs to 20 kPa."""
        return self.seconds / time_to(GOAL_KPA, self.compliance_ul_kpa, self.rate_nl_h)

    @property
    def plain_times(self) -> float:
        """The same for the pressure switch."""
        return self.plain_seconds / time_to(GOAL_KPA, self.compliance_ul_kpa, self.rate_nl_h)

    @property
    def share(self) -> float:
        """The bolus at the release, as a share of what the line had stored when the alarm came."""
        return self.bolus_nl / self.stored_nl


def time_to(kpa: float, compliance_ul_kpa: float, rate_nl_h: int) -> float:
    """t = C dP / Q, in seconds."""
    return compliance_ul_kpa * 1000.0 * kpa / rate_nl_h * 3600.0


def plant_of(compliance_ul_kpa: float, at_s: float | None = None) -> dict[str, Any]:
    """A good pump on a line of that compliance, occluded from `at_s` on."""
    tables: dict[str, Any] = {"line": {"compliance_ul_per_kpa": compliance_ul_kpa}}
    if at_s is not None:
        tables["faults"] = [{"kind": "occlusion", "at_s": at_s}]
    return plant_file.parse(tables, "the bench")


def ours(compliance_ul_kpa: float, rate_nl_h: int) -> tuple[float, float, float]:
    """Time to the alarm (s), bolus at the release and volume stored at the alarm (nL), of the firmware."""
    with VirtualPump(plant_of(compliance_ul_kpa)) as pump:
        pump.fill()
        pump.calibrate(CALIBRATION)
        pump.start(constant(rate_nl_h, duration_s=300_000))
        pump.run(max(100.0, 1.3 * STROKE_NL / rate_nl_h * 3600))
        at_s = pump.truth["now_us"] / 1e6
        before_kpa = pump.truth["pressure_pa"] / 1000
        pump.board.control.fault("occlusion")
        look_s = max(1.0, time_to(0.5, compliance_ul_kpa, rate_nl_h))
        worst_s = 3 * time_to(LIMIT_KPA, compliance_ul_kpa, rate_nl_h) + 60
        pump.run_until(lambda status: status.state == "alarm-stop", worst_s, look_s)
        alarm, alarm_s = pump.raised()[0]
        if alarm != "occlusion":
            raise AssertionError(f"an occlusion raised {alarm}")
        after_kpa = pump.truth["pressure_pa"] / 1000
        relieved_nl = sum(event.a for event in pump.of("relief"))
    bolus_nl = max(after_kpa - before_kpa, 0.0) * compliance_ul_kpa * 1000
    return alarm_s - at_s, bolus_nl, bolus_nl + relieved_nl


def pressure_switch(compliance_ul_kpa: float, rate_nl_h: int) -> tuple[float, float]:
    """Time to the alarm (s) and bolus at the release (nL) of a pump that only knows its pressure limit."""
    at_s = 100.0
    plant = Plant(plant_of(compliance_ul_kpa, at_s))
    step_nl = STROKE_NL / plant.rotor.per_rev
    per_look = rate_nl_h / 3600.0 / 20.0
    owed_nl, looks, above = 0.0, 0, 0
    while above < 2:
        looks += 1
        owed_nl += per_look
        steps = int(owed_nl / step_nl)
        owed_nl -= steps * step_nl
        plant.advance(looks * 50_000, steps)
        above = above + 1 if plant.pressure_reading_kpa() > LIMIT_KPA else 0
    return looks / 20.0 - at_s, plant.truth.pressure_pa / 1000 * compliance_ul_kpa * 1000


def found(line: tuple[float, int]) -> Found:
    """Both ways on the same plant, of a compliance in uL/kPa and at a rate in nL/h."""
    compliance_ul_kpa, rate_nl_h = line
    return Found(
        compliance_ul_kpa,
        rate_nl_h,
        *ours(compliance_ul_kpa, rate_nl_h),
        *pressure_switch(compliance_ul_kpa, rate_nl_h),
    )


def figures(quick: bool) -> list[Figure]:
    """Time to alarm and bolus, each beside the pressure switch's."""
    rows = []
    compliances = COMPLIANCES_UL_KPA[1:3] if quick else COMPLIANCES_UL_KPA
    rates = RATES_NL_H[1:] if quick else RATES_NL_H
    for here in on_all_cores(found, [(compliance, rate) for compliance in compliances for rate in rates]):
        where = f"{here.compliance_ul_kpa:g} uL/kPa, {here.rate_nl_h / ML:g} mL/h"
        rows.append(
            Figure(
                f"occlusion found, {where}",
                "times C 20 kPa / Q",
                here.times,
                here.plain_times,
                "pressure switch",
                f"<= {GOAL_TIMES}",
                "occlusion: simulated; calibrated but for the rotor, whose bites take half of the flow",
            )
        )
        rows.append(
            Figure(
                f"bolus after release, {where}",
                "of what was stored",
                here.share,
                here.plain_bolus_nl / here.stored_nl,
                "pressure switch",
                f"<= {GOAL_SHARE}",
            )
        )
    return rows
