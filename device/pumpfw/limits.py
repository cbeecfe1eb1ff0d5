"""Hard limits: they stand in the board's numbers and nothing that travels over the link can raise them."""

from array import array

from pumpfw.config import Config
from pumpfw.errors import Refused
from pumpfw.readings import Readings
from pumplink.states import REFUSED_LIMIT

_MINUTES = 60


class Limits:
    """Checks for commands, and the volume of the last hour, as a ring of minutes (60 to 61 minutes: never too
    little)."""

    def __init__(self, config: Config, readings: Readings) -> None:
        self.config = config
        self._readings = readings
        self._ring = array("i", [0] * _MINUTES)
        self._minute = 0
        self._seconds = 0
        readings.max_hour_nl = config.max_hour_nl

    def rest_nl(self) -> int:
        """Return what may still be delivered in this hour."""
        return self._readings.max_hour_nl - self._readings.hour_nl

    def second(self) -> None:
        """Be told of each second of board time: after a minute the oldest minute falls out."""
        self._seconds += 1
        if self._seconds >= 60:
            self._seconds = 0
            readings = self._readings
            self._ring[self._minute] = readings.minute_nl
            readings.minute_nl = 0
            self._minute = (self._minute + 1) % _MINUTES
            readings.hour_nl -= self._ring[self._minute]
            self._ring[self._minute] = 0

    def restore(self, hour_nl: int) -> None:
        """After a reset: all of the last hour's volume counts as if it had been delivered just now."""
        self._readings.minute_nl += hour_nl
        self._readings.hour_nl += hour_nl

    def slowest_nl_h(self, step_nl: int) -> int:
        """Return the lowest flow: one microstep in ten minutes."""
        return step_nl * 6 + 1

    def check_flow(self, rate_nl_h: int, field: int, slowest_nl_h: int) -> None:
        """Refuse a flow above the hard limit, and one too slow to be stepped."""
        self._check(rate_nl_h, field, slowest_nl_h, self.config.max_flow_nl_h)

    def check_bolus(self, volume_nl: int, volume_field: int, rate_nl_h: int, rate_field: int) -> None:
        """Refuse a bolus that is too big or too fast."""
        self._check(volume_nl, volume_field, 1, self.config.max_bolus_nl)
        self._check(rate_nl_h, rate_field, 1, min(self.config.max_bolus_nl_h, self.config.max_flow_nl_h))

    def check_hour(self, volume_nl: int, field: int) -> None:
        """Refuse a bolus that would bring this hour's volume above the limit."""
        self._check(volume_nl, field, 0, max(self.rest_nl(), 0))

    def check_move(self, volume_nl: int, field: int) -> None:
        """Refuse a set-up move that is too big."""
        self._check(volume_nl, field, 1, self.config.max_move_nl)

    def _check(self, value: int, field: int, minimum: int, maximum: int) -> None:
        if not minimum <= value <= maximum:
            raise Refused(REFUSED_LIMIT, field, value, minimum, maximum)
