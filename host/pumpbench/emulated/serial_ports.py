"""The chip's serial ports, joined to the ports that the bench serves.

The prompt's port (REPL) is the chip's first. The link is the second where the firmware shows one, else the
first too: then both served ports hear the same, and what comes from either is merged.
"""

from pumpbench.emulated.emulator import Emulator
from pumpbench.virtual.fakes.link_port import LinkPort

_AHEAD = 512  # bytes that may be on their way into the chip
_CREDIT = 4096  # bytes that may be on their way out of it


class SerialPorts:
    """Moves bytes both ways; `repl` and `link` are the bench's ends."""

    def __init__(self, repl: LinkPort, link: LinkPort) -> None:
        self._ends = (repl, link)
        self._emulator: Emulator | None = None
        self._shown = 0
        self._ahead = [0, 0]
        self._given = [0, 0]
        self._open = [False, False]
        self._gathered = (bytearray(), bytearray())
        self._pumped = [0, 0]

    def attach(self, emulator: Emulator) -> None:
        """Use this emulator."""
        self._emulator = emulator

    def number_of(self, end: LinkPort) -> int:
        """Return which of the chip's ports an end is joined to."""
        return 1 if end is self._ends[1] and self._shown > 1 else 0

    def shown(self, ports: int) -> None:
        """The chip shows this many serial ports now."""
        self._shown = ports
        self._ahead = [0, 0]
        self._given = [0, 0]
        self._open = [False, False]
        for waiting in self._gathered:
            waiting.clear()
        for end in self._ends:
            end.set_plugged(False)
            end.set_plugged(ports > 0)

    def received(self, port: int, data: bytes) -> None:
        """The chip sent `data`."""
        if port > 1:
            return
        self._given[port] -= len(data)
        for end in self._ends:
            if self.number_of(end) == port:
                end.write(data, 0, len(data))

    def taken(self, port: int, count: int) -> None:
        """The chip has taken what it was sent."""
        self._ahead[port] -= count

    def from_host(self) -> dict[str, dict[str, int | bool]]:
        """Return whether a port is shown, and what has come from the host so far: bytes, and whether a
        program has it open."""
        return {
            name: {"shown": self._shown > 0, "bytes": pumped + end.pending(), "open": end.connected()}
            for name, end, pumped in zip(("repl", "link"), self._ends, self._pumped, strict=True)
        }

    def congested(self) -> bool:
        """Return whether a reader is so far behind that it would lose bytes if time passed."""
        return any(end.connected() and end.room() < _CREDIT for end in self._ends)

    def gather(self) -> None:
        """Take over what came for the chip, as much as may be on its way."""
        if not self._shown:
            return
        for end in self._ends:
            port = self.number_of(end)
            while end.pending() and self._ahead[port] < _AHEAD:
                buffer = bytearray(_AHEAD - self._ahead[port])
                count = end.readinto(buffer)
                self._ahead[port] += count
                self._pumped[self._ends.index(end)] += count
                self._gathered[port].extend(buffer[:count])

    def hand_on(self) -> None:
        """Give the chip what was gathered, and tell it who listens and what its readers will take."""
        if not self._shown or self._emulator is None:
            return
        for port in range(min(self._shown, 2)):
            if self._gathered[port]:
                self._emulator.write(port, bytes(self._gathered[port]))
                self._gathered[port].clear()
            joined = [end for end in self._ends if self.number_of(end) == port]
            self._show_open(port, any(end.connected() for end in joined))
            # Who does not read loses bytes, and keeps nobody else from reading.
            room = max((end.room() for end in joined if end.connected()), default=_CREDIT)
            more = min(room, _CREDIT) - self._given[port]
            if more > 0:
                self._given[port] += more
                self._emulator.give(port, more)

    def _show_open(self, port: int, is_open: bool) -> None:
        assert self._emulator is not None
        if is_open != self._open[port]:
            self._open[port] = is_open
            self._emulator.set_open(port, is_open)
