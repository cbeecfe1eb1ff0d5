"""A first-order lag behind the line's flow, solved exactly: dy/dt = (q - y) / T."""

import math


class Lag:
    """``value`` follows a flow with the time constant `seconds` (0 = at once).

    The volume that passed under ``value`` trails the volume that passed under the flow by T * value.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.value = 0.0
        self._rate = 1.0 / seconds if seconds else 0.0
        self._decay_seconds = -1.0
        self._decay = 0.0
        self._line_rate = -1.0
        self._gain = 0.0

    def follow(self, seconds: float, start: float, rest: float, line_rate: float, line_decay: float) -> None:
        """Follow a flow of rest + (start - rest) exp(-line_rate t) for `seconds`; line_decay: expm1 then."""
        swing = start - rest
        if not self._rate:
            self.value = rest + swing * (1.0 + line_decay)
            return
        if seconds != self._decay_seconds:
            self._decay_seconds = seconds
            self._decay = math.expm1(-self._rate * seconds)
        decay = self._decay
        value = self.value
        value += (value - rest) * decay
        if swing:
            if line_rate != self._line_rate:
                self._line_rate = line_rate
                apart = 1.0 - line_rate / self._rate
                # Two equal rates would divide by zero: a ten-millionth apart is as good.
                self._gain = 1.0 / (apart if abs(apart) > 1e-7 else 1e-7)
            value += swing * self._gain * (line_decay - decay)
        self.value = value
