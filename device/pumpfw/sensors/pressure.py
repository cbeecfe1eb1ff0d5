"""Line pressure: an analogue sensor on the converter, 0..65535 raw, straight line between the board's two
numbers."""

from pumpfw.config import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import Board


class PressureSensor:
    """``read()`` sets ``pressure_pa`` and ``valid``; allocates nothing. A reading at either end of the
    converter's range is no pressure: the sensor is cut off or shorted."""

    def __init__(self, board: "Board", config: Config) -> None:
        self._board = board
        self._zero_pa = config.pressure_pa_at_zero
        span = config.pressure_pa_full_scale - config.pressure_pa_at_zero
        self._shift = 0
        while abs(span >> self._shift) >= 0x4000:  # raw * span stays a small integer
            self._shift += 1
        self._span = span >> self._shift
        # Where raw 0 is no pressure at all, a quiet line reads it rightly.
        self._lowest = 1 if config.pressure_pa_at_zero < 0 else 0
        self.pressure_pa = 0
        self.valid = False
        self.bad_reads = 0

    def read(self) -> bool:
        """Take a reading; True when it is a good one."""
        raw = self._board.pressure_raw()
        self.valid = self._lowest <= raw < 0xFFFF
        if self.valid:
            self.pressure_pa = self._zero_pa + (raw * self._span >> (16 - self._shift))
            self.bad_reads = 0
        elif self.bad_reads < 0xFFFFF:
            self.bad_reads += 1
        return self.valid
