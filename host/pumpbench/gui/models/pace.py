"""How fast a simulated board's time goes by the wall's: as it is, not as it was wished for."""

from collections import deque

from pumpbench.conduct.snapshot import Snapshot

_OVER_S = 20.0
_AT_LEAST_S = 2.0


class Pace:
    """Fed with snapshots; the speed of a real board is 1, whatever its crystal does."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, float, float]] = deque()  # boot, the board's time, the wall's, in s
        self._wished = 1.0
        self._simulated = False

    def begin(self, wished: float) -> None:
        """Another pump is looked at: `wished` is believed until its clock was seen for a while."""
        self._marks.clear()
        self._wished = wished

    def see(self, snapshot: Snapshot) -> None:
        """Take a look at the two clocks."""
        self._simulated = snapshot.info.simulated
        mark = (snapshot.info.boot_count, snapshot.status.time_us / 1e6, snapshot.seen_at_s)
        if self._marks and (
            mark[0] != self._marks[-1][0] or mark[1] < self._marks[-1][1] or mark[2] < self._marks[-1][2]
        ):
            self._marks.clear()
        self._marks.append(mark)
        while mark[2] - self._marks[0][2] > _OVER_S:
            self._marks.popleft()

    @property
    def speed(self) -> float:
        """The board's seconds a wall second; never 0."""
        if not self._simulated:
            return 1.0
        if not self._marks or self._marks[-1][2] - self._marks[0][2] < _AT_LEAST_S:
            return self._wished
        (_, board_0, wall_0), (_, board_1, wall_1) = self._marks[0], self._marks[-1]
        return max(1e-3, (board_1 - board_0) / (wall_1 - wall_0))
