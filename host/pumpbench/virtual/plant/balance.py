"""The balance under the outlet: density, response, evaporation, drift, gain, noise and resolution.

mass = (density * (V - T q) - evaporation * t) * (1 + gain) + drift * t + noise, rounded to the resolution,
with V the liquid out of the outlet, q its flow behind the response time T, and t the time. It weighs as in a
vacuum: buoyancy is not modelled. Tare and zero belong to whoever speaks the balance's protocol.
"""

from .lag import Lag
from .noise import Noise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OK = 0
OVERLOAD = 1

_NOISE_STREAM = 3
_STABLE_DIGITS = 2.0
_STABLE_SECONDS = 1.0


class Balance:
    """What the balance shows of `delivered_nl`, the liquid that came from each port.

    Attributes:
        protocol: its protocol's name, for whoever serves it.
        lag: the liquid's flow (nL/s) behind the balance's response.
    """

    def __init__(
        self, balance: "dict[str, Any]", density_g_per_ml: float, delivered_nl: "list[float]", seed: int
    ) -> None:
        self.protocol = balance["protocol"]
        self._delivered_nl = delivered_nl
        self.lag = Lag(balance["response_ms"] * 1e-3)
        self._mg_per_nl = density_g_per_ml * 1e-3
        self._gain = 1.0 + balance["gain_error_ppm"] * 1e-6
        self._resolution = balance["resolution_mg"]
        self._noise_mg = balance["noise_mg"]
        self._drift = balance["drift_mg_per_hour"] / 3.6e9  # mg/us
        self._evaporation = balance["evaporation_mg_per_hour"] / 3.6e9
        self._noise = Noise(seed, _NOISE_STREAM)
        self._touch_mg = 0.0
        self._touched = False
        self._overload = False

    def set(self, touch_mg: "float | None", overload: bool) -> None:
        """Set the faults: what a hand or a draught adds (None = nobody touches it), and an overloaded pan."""
        self._touched = touch_mg is not None
        self._touch_mg = touch_mg or 0.0
        self._overload = overload

    def reading(self, now_us: int) -> "tuple[float, bool, int]":
        """Return (mass in mg, stable, OK or OVERLOAD) for the time up to which the plant was advanced.

        Stable means untouched, and changing by no more than two digits a second.
        """
        lag = self.lag
        mass = (
            sum(self._delivered_nl) - lag.seconds * lag.value
        ) * self._mg_per_nl - self._evaporation * now_us
        mass = mass * self._gain + self._drift * now_us + self._touch_mg
        mass += self._noise.gauss() * self._noise_mg
        change = abs(lag.value) * self._mg_per_nl * _STABLE_SECONDS
        stable = not self._touched and change <= _STABLE_DIGITS * self._resolution
        digits = mass / self._resolution
        digits = float(int(digits + 0.5) if digits >= 0.0 else -int(0.5 - digits))
        return digits * self._resolution, stable, OVERLOAD if self._overload else OK
