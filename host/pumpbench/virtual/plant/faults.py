"""The schedule of faults: what is wrong, from when to when, by how much."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KINDS = (
    "occlusion", "leak", "air", "empty", "stall", "back-pressure", "temperature", "siphon",
    "sensor-dead", "sensor-stuck", "sensor-noise", "sensor-sign", "sensor-crc", "home-moves",
    "balance-touched", "balance-overload",
    # carried out by the board or the balance's protocol, only scheduled here
    "balance-silent", "balance-unit", "power-cut", "unplug", "bit-errors", "slow-tick", "steps-missing",
)  # fmt: skip
NEVER = 1 << 60  # microseconds


class UnknownFaultError(ValueError):
    """A fault of a kind that the model does not know."""


class Fault:
    """One entry of the schedule."""

    def __init__(self, kind: str, start_us: int, end_us: int, value: float) -> None:
        self.kind = kind
        self.start_us = start_us
        self.end_us = end_us
        self.value = value
        self.started = False


class Faults:
    """All faults of a plant. Where two of a kind overlap, the one that started last counts.

    Attributes:
        next_change_us: when something starts or ends next; ``NEVER`` when nothing does.
        changes: grows by one whenever something started or ended.
    """

    def __init__(self, faults: "list[dict[str, Any]]") -> None:
        self._entries: list[Fault] = []
        self._active: dict[str, float] = {}
        self._starts: dict[str, int] = {}
        self.next_change_us = NEVER
        self.changes = 0
        for fault in faults:
            duration_s = fault["duration_s"]
            duration_us = None if duration_s is None else int(duration_s * 1e6 + 0.5)
            self.add(fault["kind"], int(fault["at_s"] * 1e6 + 0.5), duration_us, fault["value"])

    def add(self, kind: str, at_us: int, duration_us: "int | None", value: float) -> None:
        """Schedule a fault (true time; a `duration_us` of None never ends).

        Raises:
            UnknownFaultError: `kind` is not one of ``KINDS``.
        """
        if kind not in KINDS:
            raise UnknownFaultError("fault kind %r is not one of: %s" % (kind, ", ".join(KINDS)))
        end_us = NEVER if duration_us is None else at_us + duration_us
        entries = self._entries
        place = len(entries)
        while place and entries[place - 1].start_us > at_us:
            place -= 1
        entries.insert(place, Fault(kind, at_us, end_us, value))
        self.next_change_us = min(self.next_change_us, at_us)

    def value(self, kind: str) -> "float | None":
        """Return the value of an active fault, None when there is none of that kind."""
        return self._active.get(kind)

    def starts(self, kind: str) -> int:
        """Return how many faults of that kind have started, also those that lasted no time."""
        return self._starts.get(kind, 0)

    def update(self, now_us: int) -> None:
        """Start and end what is due."""
        self._active.clear()
        change = NEVER
        for fault in self._entries:
            if fault.start_us > now_us:
                change = min(change, fault.start_us)
                continue
            if not fault.started:
                fault.started = True
                self._starts[fault.kind] = self.starts(fault.kind) + 1
            if fault.end_us > now_us:
                self._active[fault.kind] = fault.value
                change = min(change, fault.end_us)
        self._entries = [fault for fault in self._entries if fault.end_us > now_us]
        self.next_change_us = change
        self.changes += 1
