"""The boards that can be connected to, as rows of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumpbench.client import Info
from pumpbench.client.discover import PortInfo
from pumpbench.conduct.job import VIRTUAL


@dataclass(frozen=True)
class BoardRow:
    """One place to connect to. `answers` is whether a pump answered there; None when nobody asked yet."""

    port: str
    name: str
    usb: str
    unique_id: str
    firmware: str
    answers: bool | None

    @property
    def virtual(self) -> bool:
        """Whether a board is started for it."""
        return self.port == VIRTUAL


def rows_of(
    ports: Sequence[PortInfo], answered: Mapping[str, Info | None], mine: str, my_info: Info | None
) -> list[BoardRow]:
    """The rows: ports with the identity of a board, then ``virtual``.

    `answered` is who answered at each port that was asked; `mine` the port that this window has open, which
    nobody can ask, and `my_info` who is there.
    """
    known = dict(answered) | ({mine: my_info} if mine else {})
    return [_row(port, known) for port in ports if port.kind] + [virtual_row()]


def virtual_row() -> BoardRow:
    """The board that is always there."""
    translate = QCoreApplication.translate
    return BoardRow(
        VIRTUAL,
        translate("boards", "virtual board"),
        translate("boards", "simulated, started when connected"),
        "",
        "",
        True,
    )


def likely_board(usb: str) -> str:
    """The kind of board that a port's USB identity speaks for, before anybody chose one."""
    return "rpi_pico" if "RP2040" in usb else "esp32_devkit"


def _row(port: PortInfo, answered: Mapping[str, Info | None]) -> BoardRow:
    translate = QCoreApplication.translate
    usb = port.kind
    if port.vendor_id is not None and port.product_id is not None:
        usb = f"{port.kind} {port.vendor_id:04x}:{port.product_id:04x}"
    if port.url not in answered:
        return BoardRow(port.url, translate("boards", "asking …"), usb, port.serial_number or "", "", None)
    info = answered[port.url]
    if info is None:
        name = translate("boards", "no pump answers")
        return BoardRow(port.url, name, usb, port.serial_number or "", "", False)
    firmware = info.firmware if info.fits else translate("boards", "{0}, does not fit").format(info.firmware)
    return BoardRow(port.url, info.board, usb, info.unique_id, firmware, True)
