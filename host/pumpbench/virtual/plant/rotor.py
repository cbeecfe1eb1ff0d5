"""The head: from motor microsteps to the rotor's angle, the volume that the rollers push, the home mark."""

from .bites import CELLS, volume_curve
from .noise import Noise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOME_STREAM = 4


class Rotor:
    """Rotor with backlash, lost steps, uneven rollers and a home mark.

    Angles are kept in microsteps of the motor (``per_rev`` to a revolution), so that whole steps stay exact.

    Attributes:
        motor: microsteps made by the motor since the start, signed.
        travel: microsteps that the rotor followed, from angle zero (not wrapped).
        grip: share of the motor's steps that turn the rotor, 0..1 (0 = stalled).
        home_edges: how often the home mark was passed going forward.
        edge_motor: ``motor`` when the mark was last passed.
    """

    def __init__(self, pump: "dict[str, Any]", home: "dict[str, Any]", seed: int) -> None:
        rollers = pump["rollers"]
        depths = pump["roller_depths"] or [pump["pulsation_depth"]] * rollers
        self._curve = volume_curve(depths, pump["pulsation_width_deg"])
        self.per_rev: float = float(pump["steps_per_rev"] * pump["microsteps"])
        self._cells_per_step = CELLS / self.per_rev
        self._play = float(pump["backlash_steps"] * pump["microsteps"])
        self._slack = 0.0  # play left before the motor pushes the rotor forward
        self.motor: float = 0
        self.grip = 1.0
        self.travel: float = pump["initial_angle_deg"] % 360.0 / 360.0 * self.per_rev
        self._lap = 0.0  # travel at which this revolution began
        self._share = self._share_at(self.travel)

        self._seed = seed
        self._home_present = bool(home["present"])
        self._home_deg: float = home["angle_deg"]
        self._jitter_deg: float = home["jitter_deg"]
        self.home_edges = 0
        self.edge_motor = 0.0
        self.move_home(0.0)

    def angle_deg(self) -> float:
        """Return the rotor's angle, 0..360."""
        return float((self.travel - self._lap) / self.per_rev * 360.0)

    def turn(self, steps: float) -> float:
        """Turn the motor by `steps` microsteps (signed); return the volume pushed, in stroke volumes."""
        moved = steps
        if self.grip != 1.0:
            moved = steps * self.grip
        if self._play:
            moved = self._take_up(moved)
        travel = self.travel + moved
        if travel >= self._next_edge or travel < self._last_edge:
            self._pass_mark(travel, steps)
        self.travel = travel
        self.motor += steps

        angle = travel - self._lap
        if angle >= self.per_rev or angle < 0.0:
            return self._turn_over(angle)
        before = self._share
        self._share = share = self._share_at(angle)
        return share - before

    def lose(self, steps: float) -> None:
        """Let the motor make `steps` that the rotor does not follow."""
        self.motor += steps

    def move_home(self, shift_deg: float) -> None:
        """Put the home mark `shift_deg` beyond its place in the file."""
        self._home_steps = (self._home_deg + shift_deg) % 360.0 / 360.0 * self.per_rev
        if self._home_present:
            revolution = int(self.travel // self.per_rev) - 2
            while self._mark(revolution) <= self.travel:
                revolution += 1
            self._revolution = revolution
            self._next_edge = self._mark(revolution)
            self._last_edge = self._mark(revolution - 1)
        else:
            self._next_edge = float("inf")
            self._last_edge = float("-inf")

    def _turn_over(self, angle: float) -> float:
        """Count whole revolutions; return the volume pushed, in stroke volumes."""
        revolutions = angle // self.per_rev
        self._lap += revolutions * self.per_rev
        before = self._share
        self._share = self._share_at(self.travel - self._lap)
        return self._share - before + revolutions

    def _share_at(self, angle: float) -> float:
        cell = angle * self._cells_per_step
        i = int(cell)
        curve = self._curve
        low = curve[i]
        return low + (curve[i + 1] - low) * (cell - i)

    def _take_up(self, moved: float) -> float:
        """Return what is left of a move after the play between motor and rotor."""
        slack = self._slack - moved
        if slack < 0.0:
            self._slack = 0.0
            return -slack
        if slack > self._play:
            self._slack = self._play
            return self._play - slack
        self._slack = slack
        return 0.0

    def _mark(self, revolution: int) -> float:
        """Return where the mark of a revolution is: its jitter belongs to the revolution."""
        jitter = Noise(self._seed, _HOME_STREAM + 8 * revolution).gauss() * self._jitter_deg
        return (revolution + jitter / 360.0) * self.per_rev + self._home_steps

    def _pass_mark(self, travel: float, steps: float) -> None:
        while travel >= self._next_edge:
            self.home_edges += 1
            # The motor's play comes first, so the edge is counted from the end of the move.
            self.edge_motor = self.motor + steps - (travel - self._next_edge) / self.grip
            self._revolution += 1
            self._last_edge = self._next_edge
            self._next_edge = self._mark(self._revolution)
        while travel < self._last_edge:
            self._revolution -= 1
            self._next_edge = self._last_edge
            self._last_edge = self._mark(self._revolution - 1)
