"""A propellant-driven constant-flow pump of the implanted kind.

Q = K (Pvap(T) - Pamb - Pcath) / (mu(T) ratio): the propellant boils at the body's temperature and presses the
liquid through a capillary. K follows from the rated flow of water at 37 C and 101.3 kPa.
"""

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GAS_CONSTANT = 8.314462618e-3  # kJ/(mol K)
_ZERO_C = 273.15
_RATED_C = 37.0
_RATED_AMBIENT_KPA = 101.3
_NL_S_PER_ML_DAY = 1e6 / 86400.0


def water_viscosity_mpa_s(temperature_c: float) -> float:
    """Return the viscosity of water at 0.1 MPa, -20..110 C (IAPWS 2008, short form of Huber et al. 2009)."""
    t = (temperature_c + _ZERO_C) / 300.0
    return float(1e-3 * (280.68 * t**-1.9 + 511.45 * t**-7.7 + 61.131 * t**-19.6 + 0.45903 * t**-40.0))


class ConstantFlow:
    """The pump as a law: flow by temperature and back-pressure."""

    def __init__(self, source: "dict[str, Any]") -> None:
        self._kpa_at_37_c = source["propellant_kpa_at_37_c"]
        self._kelvin = source["propellant_kj_per_mol"] / _GAS_CONSTANT
        self._ambient_kpa = source["ambient_kpa"]
        self._viscosity_ratio = source["viscosity_ratio"]
        rated_nl_s = source["rate_ml_per_day"] * _NL_S_PER_ML_DAY
        drive = self._kpa_at_37_c - _RATED_AMBIENT_KPA
        self._k = rated_nl_s * water_viscosity_mpa_s(_RATED_C) / drive

    def vapour_kpa(self, temperature_c: float) -> float:
        """Return the propellant's absolute vapour pressure (Clausius-Clapeyron through its value at 37 C)."""
        inverse = 1.0 / (temperature_c + _ZERO_C) - 1.0 / (_RATED_C + _ZERO_C)
        return float(self._kpa_at_37_c * math.exp(-self._kelvin * inverse))

    def flow_nl_s(self, temperature_c: float, catheter_kpa: float) -> float:
        """Return the flow in nL/s; none where the propellant cannot push."""
        drive = self.vapour_kpa(temperature_c) - self._ambient_kpa - catheter_kpa
        if drive <= 0.0:
            return 0.0
        return float(self._k * drive / (water_viscosity_mpa_s(temperature_c) * self._viscosity_ratio))
