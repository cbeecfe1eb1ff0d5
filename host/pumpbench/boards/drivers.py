"""Stepper drivers: the times that the step generator keeps, and how their current is set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Driver:
    """One driver chip. Times in nanoseconds; `step_ns` is the shortest high and the shortest low of STEP,
    `direction_ns` how long DIR and EN must stand before and after a rising STEP."""

    name: str
    step_ns: int
    direction_ns: int
    microsteps: tuple[int, ...]
    current: str

    @property
    def fastest_hz(self) -> int:
        """How many steps a second it takes at most."""
        return 1_000_000_000 // (2 * self.step_ns)


# By place in ``pumpbench.files.board.DRIVERS``. Allegro A4988 (fig. 1: tA, tB, tC, tD), TI DRV8825 (timing
# requirements: tWH(STEP), tWL(STEP), tSU, tH, tENBL), Trinamic TMC2209 (STEP/DIR timing: a clock and 20 ns;
# its own clock makes 11 MHz at least).
DRIVERS = (
    Driver("A4988", 1_000, 200, (1, 2, 4, 8, 16), "VREF = I x 8 x Rsense"),
    Driver("DRV8825", 1_900, 650, (1, 2, 4, 8, 16, 32), "VREF = I x 5 x Rsense"),
    Driver("TMC2209", 120, 20, (8, 16, 32, 64), "VREF = 2.5 V x I(RMS) / I(max) of the module"),
)
