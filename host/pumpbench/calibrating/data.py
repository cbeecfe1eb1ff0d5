"""What a calibration is made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Weighing:
    """One constant run of whole revolutions, weighed.

    Args:
        rate_nl_h: set flow.
        revolutions: turned while it was weighed, by the motor's count.
        seconds: that it took.
        volume_nl: by the balance, corrected for evaporation and buoyancy.
        u_volume_nl: its standard uncertainty.
        sensor_nl_h: mean of the uncorrected flow sensor (gain 1, zero 0) over the same time, None without it.
        u_sensor_nl_h: standard uncertainty of that mean.
        pressure_kpa: mean gauge pressure behind the head.
        temperature_c: of liquid and tube.
    """

    rate_nl_h: float
    revolutions: float
    seconds: float
    volume_nl: float
    u_volume_nl: float
    sensor_nl_h: float | None = None
    u_sensor_nl_h: float = 0.0
    pressure_kpa: float = 0.0
    temperature_c: float = 20.0

    @property
    def stroke_nl(self) -> float:
        """Volume of one revolution."""
        return self.volume_nl / self.revolutions

    @property
    def u_stroke_nl(self) -> float:
        """Its standard uncertainty."""
        return self.u_volume_nl / self.revolutions

    @property
    def flow_nl_h(self) -> float:
        """The flow by the balance."""
        return self.volume_nl / self.seconds * 3600.0


@dataclass(frozen=True)
class Rest:
    """The uncorrected flow sensor (gain 1, zero 0) with the head at rest and the line settled."""

    sensor_nl_h: float
    u_sensor_nl_h: float
    seconds: float = 0.0


@dataclass(frozen=True)
class Turning:
    """Records taken while the head turned forward, equally long arrays.

    Args:
        time_s: board time, rising; 10 to 100 records a second.
        rotor_deg: angle from the home mark, 0..360 (wrapped or not).
        sensor_nl_h: the uncorrected flow sensor (gain 1, zero 0), as the board filters it.
    """

    time_s: Array
    rotor_deg: Array
    sensor_nl_h: Array
