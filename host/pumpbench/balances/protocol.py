"""What all balances' protocols have in common: bytes to send, and what a line that comes back means."""

from dataclasses import dataclass
from typing import Protocol

from pumpbench.balances.reading import Reading
from pumpbench.client.port import Settings


@dataclass(frozen=True)
class Command:
    """Bytes to send, and the other bytes to try when the balance does not know them."""

    send: bytes
    otherwise: bytes | None = None


class BalanceProtocol(Protocol):
    """One maker's protocol. Lines come without CR and LF."""

    name: str
    maker: str
    settings: Settings
    """The factory's settings of the serial port."""
    ask: bytes
    """Asks for the weight now, at rest or not."""
    zero: Command
    tare: Command
    identify: tuple[bytes, ...]
    answers_commands: bool
    """Whether zero and tare are answered."""

    def reading(self, line: str) -> Reading | None:
        """What a line says about the weight; None when it is about something else."""

    def accepted(self, line: str) -> bool | None:
        """Whether a line says that zero or tare was done; None when it says neither."""

    def unknown(self, line: str) -> bool:
        """Whether a line says that the balance does not know the command."""
