"""Balances behind one small interface: MT-SICS, Sartorius SBI, A&D, OHAUS on a serial URL; recordings."""

from pathlib import Path

from pumpbench.balances.aandd import AAndD
from pumpbench.balances.balance import Balance, SerialBalance
from pumpbench.balances.errors import BadProtocol, BadRecording, BalanceError, NoBalance
from pumpbench.balances.mtsics import MtSics
from pumpbench.balances.ohaus import Ohaus
from pumpbench.balances.protocol import BalanceProtocol
from pumpbench.balances.reading import Reading
from pumpbench.balances.replay import PREFIX, ReplayBalance
from pumpbench.balances.sbi import Sbi
from pumpbench.client.port import Settings

PROTOCOLS: dict[str, BalanceProtocol] = {
    protocol.name: protocol for protocol in (MtSics(), Sbi(), AAndD(), Ohaus())
}

__all__ = [
    "PROTOCOLS",
    "BadProtocol",
    "BadRecording",
    "Balance",
    "BalanceError",
    "NoBalance",
    "Reading",
    "ReplayBalance",
    "SerialBalance",
    "Settings",
    "open_balance",
]


def open_balance(url: str, protocol: str, settings: Settings | None = None) -> SerialBalance | ReplayBalance:
    """Open the balance at a pyserial URL, or ``replay:FILE``; `settings` other than the factory's.

    Raises `BalanceError`.
    """
    if protocol not in PROTOCOLS:
        raise BadProtocol(f'"{protocol}" is no balance protocol; allowed are {", ".join(PROTOCOLS)}')
    if url.startswith(PREFIX):
        return ReplayBalance(Path(url.removeprefix(PREFIX)), PROTOCOLS[protocol])
    return SerialBalance(url, PROTOCOLS[protocol], settings)
