"""What really happened, for tests to judge by; the firmware and the host never see it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .plant import Plant


class Truth:
    """The model's own numbers, taken when asked for."""

    def __init__(self, plant: "Plant") -> None:
        self._plant = plant

    @property
    def head_nl(self) -> float:
        """Volume (liquid and air) that the head has moved, forward less backward."""
        return self._plant.head_nl

    @property
    def outlet_nl(self) -> float:
        """Liquid out of the outlet: the truth that a delivery is judged by."""
        return sum(self._plant.delivered_nl)

    @property
    def rotor_mdeg(self) -> float:
        """The rotor's angle, 0..360000."""
        return self._plant.rotor.angle_deg() * 1000.0

    @property
    def pressure_pa(self) -> float:
        """Gauge pressure behind the head."""
        return self._plant.line.pressure_kpa * 1000.0

    @property
    def reservoir_nl(self) -> float:
        """Liquid left in all reservoirs together."""
        return self._plant.reservoir.total_nl()

    @property
    def leaked_nl(self) -> float:
        """Volume that left the line elsewhere."""
        return self._plant.line.leaked_nl

    @property
    def air_nl(self) -> float:
        """Air out of the outlet."""
        return self._plant.air_out_nl
