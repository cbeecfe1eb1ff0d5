"""The pressure sensor between head and line: offset and noise."""

from .noise import Noise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NOISE_STREAM = 2


class PressureSensor:
    """Reads the line's gauge pressure in kPa."""

    def __init__(self, pressure: "dict[str, Any]", seed: int) -> None:
        self._offset: float = pressure["offset_kpa"]
        self._noise_kpa: float = pressure["noise_kpa"]
        self._noise = Noise(seed, _NOISE_STREAM)

    def reading(self, pressure_kpa: float) -> float:
        """Return what the sensor makes of the pressure."""
        return pressure_kpa + self._offset + self._noise.gauss() * self._noise_kpa
