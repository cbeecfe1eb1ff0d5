"""Up to four reservoirs behind a selector valve, and the plugs of liquid and air on their way out."""

from array import array

PORTS = 4
AIR = 4
_PLUGS = 16


class Reservoirs:
    """What each port holds, in nL, and which one the valve has selected."""

    def __init__(self, contents_ml: "float | list[float]") -> None:
        self.contents_nl = array("d", bytes(8 * PORTS))
        listed = contents_ml if isinstance(contents_ml, list) else [contents_ml]
        for port in range(len(listed)):
            self.contents_nl[port] = listed[port] * 1e6
        self.selected = 0
        self.dry = -1  # a port that gives air whatever it holds
        self.refilled_nl = 0.0
        self.air_nl = 0.0  # all air drawn in since the start

    def total_nl(self) -> float:
        """Return the liquid in all ports together."""
        contents = self.contents_nl
        return contents[0] + contents[1] + contents[2] + contents[3]

    def fill(self, port: int, contents_ml: float) -> None:
        """Empty the port and fill it with `contents_ml`."""
        self.refilled_nl += contents_ml * 1e6 - self.contents_nl[port]
        self.contents_nl[port] = contents_ml * 1e6

    def draw(self, volume_nl: float) -> float:
        """Take a volume from the selected port (negative: give it back) and return how much of it is air."""
        port = self.selected
        held = self.contents_nl[port]
        if port == self.dry or (held == 0.0 and volume_nl < 0.0):  # air that was drawn last goes back first
            air = volume_nl
        elif volume_nl <= held:
            self.contents_nl[port] = held - volume_nl
            return 0.0
        else:
            air = volume_nl - held
            self.contents_nl[port] = 0.0
        self.air_nl += air
        return air


class Plugs:
    """Which port's liquid, or air, arrives at the outlet: plug flow through the dead volume.

    Attributes:
        entering, arriving: a port's number, or AIR. At most 16 plugs are under way, a further one
            counts as the last.
        passed_nl: volume that has passed the sensor (signed), moved on by the plant.
        next_nl: ``passed_nl`` at which the next plug arrives.
    """

    def __init__(self, dead_volume_nl: float) -> None:
        self._dead_nl = dead_volume_nl
        self._starts = array("d", bytes(8 * _PLUGS))
        self._kinds = bytearray(_PLUGS)
        self._count = 0
        self.entering = 0
        self.arriving = 0
        self.passed_nl = 0.0
        self.next_nl = float("inf")

    def enter(self, kind: int, head_nl: float) -> None:
        """Let a plug of another kind begin, when `head_nl` went through the head before it."""
        self.entering = kind
        if self._count < _PLUGS:
            self._starts[self._count] = head_nl + self._dead_nl
            self._count += 1
        self._kinds[self._count - 1] = kind
        self.next_nl = self._starts[0]

    def arrive(self) -> None:
        """Let the next plug arrive at the outlet."""
        self.arriving = self._kinds[0]
        self._count -= 1
        for i in range(self._count):
            self._starts[i] = self._starts[i + 1]
            self._kinds[i] = self._kinds[i + 1]
        self.next_nl = self._starts[0] if self._count else float("inf")
