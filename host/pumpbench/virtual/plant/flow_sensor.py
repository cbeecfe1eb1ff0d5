"""The flow sensor in the line: gain, zero, noise, response, range, what it does in air, and how it fails."""

from .lag import Lag
from .line import NL_S_PER_UL_MIN
from .noise import Noise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NOISE_STREAM = 1
_CRC_STREAM = 5


class FlowSensor:
    """Reads the outlet's flow, as a thermal sensor behind the compliance does. In air it reads its zero.

    Attributes:
        lag: the flow (nL/s) behind the sensor's response time.
        air, high_flow: the flags of the last reading.
        answers: False while the sensor is dead. crc_bad: the last reading came with a wrong checksum.
    """

    def __init__(self, sensor: "dict[str, Any]", seed: int) -> None:
        self.lag = Lag(sensor["response_ms"] * 1e-3)
        self._gain = (1.0 + sensor["gain_error_percent"] * 0.01) / NL_S_PER_UL_MIN
        self._offset: float = sensor["offset_ul_per_min"]
        self._noise_ul_min: float = sensor["noise_ul_per_min"]
        self._range: float = sensor["range_ul_per_min"]
        self._rate_hz = sensor["rate_hz"]
        self._noise = Noise(seed, _NOISE_STREAM)
        self._crc = Noise(seed, _CRC_STREAM)
        self._sample = -1
        self._held = 0.0
        self.air = False
        self.high_flow = False
        self.answers = True
        self.crc_bad = False
        self.extra_noise = 0.0
        self.sign = 1.0
        self.stuck = False
        self._crc_share = 0.0

    def set(self, dead: bool, stuck: bool, extra_noise: float, reversed_sign: bool, crc_share: float) -> None:
        """Set the faults: extra_noise in uL/min, crc_share of the readings (0..1)."""
        self.answers = not dead
        self.stuck = stuck
        self.extra_noise = extra_noise
        self.sign = -1.0 if reversed_sign else 1.0
        self._crc_share = crc_share

    def reading(self, now_us: int, air: bool) -> float:
        """Return the flow in uL/min, a new one `rate_hz` times a second, the one before until then."""
        self.crc_bad = self._crc_share > 0.0 and self._crc.chance(self._crc_share)
        sample = int(now_us * self._rate_hz) // 1000000
        if sample == self._sample or self.stuck:
            return self._held
        self._sample = sample
        self.air = air
        deviation = self._noise_ul_min + self.extra_noise
        flow = self._offset + self._noise.gauss() * deviation
        if not air:
            flow += self.sign * self.lag.value * self._gain
        limit = self._range
        self.high_flow = flow > limit or flow < -limit
        if self.high_flow:
            flow = limit if flow > 0.0 else -limit
        self._held = flow
        return flow
