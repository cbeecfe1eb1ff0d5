"""Which part of the time axis is seen: it follows the newest record, or stands where somebody put it."""

from pumpbench.gui.live import Span

WINDOWS_S = (30.0, 120.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0, 7 * 24 * 3600.0)
LEAST_S = 0.05
MOST_S = 400 * 24 * 3600.0


class Viewport:
    """`start` and `end` in s of the axis. Following is left by every move of one's own."""

    def __init__(self, width_s: float = WINDOWS_S[1]) -> None:
        self.end = 0.0
        self.width_s = width_s
        self.following = True
        self.everything = False
        """Whether the whole record is kept in view."""

    @property
    def start(self) -> float:
        """Where the view begins."""
        return self.end - self.width_s

    def advance(self, known: Span | None, pixels: int) -> bool:
        """Follow the newest record, by whole pixels; True when the view moved."""
        if known is None or not self.following:
            return False
        before = (self.start, self.end)
        if self.everything:
            self.width_s = max(1.0, known.end - known.start) * 1.02
        step = self.width_s / max(1, pixels)
        self.end = (known.end // step + 1) * step
        return (self.start, self.end) != before

    def follow(self) -> None:
        """Go with the newest record again."""
        self.following = True

    def pause(self) -> None:
        """Stand still."""
        self.following = False

    def show_last(self, width_s: float) -> None:
        """Follow with the last `width_s` in view."""
        self.width_s, self.everything, self.following = width_s, False, True

    def show_all(self) -> None:
        """Follow with everything in view."""
        self.everything = self.following = True

    def look_at(self, start: float, end: float) -> None:
        """Stand still at a place."""
        self.following = self.everything = False
        self.width_s = min(MOST_S, max(LEAST_S, end - start))
        self.end = (start + end) / 2 + self.width_s / 2

    def pan(self, part: float) -> None:
        """Move by a part of the width, to later times when positive."""
        shift = part * self.width_s
        self.look_at(self.start + shift, self.end + shift)

    def zoom(self, factor: float) -> None:
        """Make the view `factor` times as wide: about its middle, or to the left of what it follows."""
        self.everything = False
        if self.following:
            self.width_s = min(MOST_S, max(LEAST_S, self.width_s * factor))
            return
        middle, half = (self.start + self.end) / 2, self.width_s * factor / 2
        self.look_at(middle - half, middle + half)
