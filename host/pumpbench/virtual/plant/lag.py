"""A first-order lag behind the line's flow, solved exactly: dy/dt = (q - y) / T."""

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .line import Line


class Lag:
    """``value`` follows a flow with the time constant ``seconds`` (0 = at once).

    The volume that passed under ``value`` trails the volume that passed under the flow by T * value.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.value = 0.0
        self._rate = 1.0 / seconds if seconds else 0.0
        self._settled = -1
        self._decay = -1.0
        self._swing_share = 0.0

    def follow(self, line: "Line") -> None:
        """Follow the outlet's flow over the line's last step."""
        if line.settled != self._settled:
            self._settle(line)
        value = self.value
        rest = line.flow_rest
        self.value = value + (value - rest) * self._decay + (line.flow_start - rest) * self._swing_share

    def follow_even(self, seconds: float, flow: float) -> None:
        """Follow an even flow for `seconds`."""
        decay = math.expm1(-self._rate * seconds) if self._rate else -1.0
        self.value += (self.value - flow) * decay

    def _settle(self, line: "Line") -> None:
        """Work out what share of the distance is made up, and of the line's own swing is left, in a step."""
        self._settled = line.settled
        if not self._rate:
            self._swing_share = 1.0 + line.decay
            return
        self._decay = math.expm1(-self._rate * line.seconds)
        apart = 1.0 - line.rate / self._rate
        if abs(apart) < 1e-7:  # the limit for two equal rates
            self._swing_share = self._rate * line.seconds * (1.0 + self._decay)
        else:
            self._swing_share = (line.decay - self._decay) / apart
