"""The rotor's home mark as a chip's pin sees it: edges counted, the step count latched at the last one."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..plant.plant import Plant

_COUNT_MASK = (1 << 30) - 1


class HomeMark:
    """Follows the model at every look; the edge's own step lies within the steps since the look before."""

    def __init__(self, plant: "Plant") -> None:
        self._plant = plant
        self._rotor = plant.rotor
        self.power_up()

    def power_up(self) -> None:
        """Count from zero."""
        self._first = self._rotor.home_edges
        self._seen = self._first
        self._latched = 0
        self._steps_before = 0

    def look(self, steps: int) -> None:
        """The model has just been advanced to the board's step count `steps`."""
        edges = self._rotor.home_edges
        if edges != self._seen:
            self._seen = edges
            made = (steps - self._steps_before) & _COUNT_MASK
            self._latched = (self._steps_before + int(made * self._plant.home_edge_fraction())) & _COUNT_MASK
        self._steps_before = steps

    def edges(self) -> int:
        """Return the edges seen since boot, modulo 2^30."""
        return (self._seen - self._first) & _COUNT_MASK

    def steps(self) -> int:
        """Return the step count at the last edge."""
        return self._latched
