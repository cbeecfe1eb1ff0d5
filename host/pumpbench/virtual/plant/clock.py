"""The board's clock, which runs fast by some parts in a million. Whole microseconds, no drift of its own."""

_BILLION = 1000000000


class Clock:
    """Turns true time into the board's and back; good for 50 years at 1,000 ppm on 63-bit integers."""

    def __init__(self, error_ppm: float) -> None:
        self._ppb = int(error_ppm * 1000.0 + (0.5 if error_ppm >= 0.0 else -0.5))

    def board_us(self, true_us: int) -> int:
        """Return what the board's clock shows at a true time."""
        return true_us + true_us // _BILLION * self._ppb + true_us % _BILLION * self._ppb // _BILLION

    def true_us(self, board_us: int) -> int:
        """Return the first true time at which the board's clock shows at least `board_us`."""
        if not self._ppb:
            return board_us
        span = _BILLION + self._ppb
        guess = board_us // span * _BILLION + board_us % span * _BILLION // span
        while self.board_us(guess) < board_us:
            guess += 1
        return guess
