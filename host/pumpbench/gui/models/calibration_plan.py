"""What a calibration weighs, as it was typed, and what is wrong with it."""

from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumpbench.tuning.errors import TuningError
from pumpbench.tuning.gravimetric import Plan, points_of
from pumpbench.units import DURATION, UnitError

POINTS_FIELD, REST_FIELD, TUBE_FIELD, DENSITY_FIELD, DAYS_FIELD = (
    "points", "rest", "tube-set", "density", "days",
)  # fmt: skip
_DENSITY_G_ML, _DAYS = (0.1, 20.0), (0.01, 3650.0)
_MOST_REST_S = 86_400


@dataclass(frozen=True)
class TypedPlan:
    """The texts of the fields. The values may be asked for when there are no `faults`."""

    points: str = "1 mL/h: 10\n4 mL/h: 30\n20 mL/h: 60"
    rest: str = "10 min"
    tube_set: str = ""
    fluid: str = "water"
    density: str = "0.998"
    days: str = "7"

    def faults(self) -> dict[str, str]:
        """What is wrong, by field."""
        translate = QCoreApplication.translate
        faults = {}
        try:
            points_of(self.points)
        except TuningError as error:
            faults[POINTS_FIELD] = str(error)
        try:
            if not 0 < DURATION.parse(self.rest) <= _MOST_REST_S:
                faults[REST_FIELD] = translate("trials", "A time above 0, up to a day, is wanted.")
        except UnitError as error:
            faults[REST_FIELD] = f'"{self.rest}" {error}'
        if self.tube_set.strip() and not (self.tube_set.strip().isdecimal() and int(self.tube_set) > 0):
            faults[TUBE_FIELD] = translate("trials", "A whole number from 1 is wanted, or nothing.")
        for field, text, (low, high) in (
            (DENSITY_FIELD, self.density, _DENSITY_G_ML),
            (DAYS_FIELD, self.days, _DAYS),
        ):
            if not _is_number(text, low, high):
                words = translate("trials", "A number from {0} to {1} is wanted.")
                faults[field] = words.format(f"{low:g}", f"{high:g}")
        return faults

    @property
    def plan(self) -> Plan:
        """What is weighed."""
        return Plan(rest_s=DURATION.parse(self.rest), flows=points_of(self.points))

    @property
    def tube_set_value(self) -> int | None:
        """The tube set's number, None for the one that is fitted."""
        return int(self.tube_set) if self.tube_set.strip() else None

    @property
    def density_value(self) -> float:
        """In g/mL."""
        return float(self.density)

    @property
    def days_value(self) -> float:
        """For how many days it counts."""
        return float(self.days)


USUAL = TypedPlan()


def _is_number(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False
