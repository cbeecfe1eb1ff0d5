"""What the tests of the virtual board share: a small firmware, and a link to it that speaks in lines."""

import socket
from pathlib import Path

import serial

FIRMWARE = Path(__file__).resolve().parent / "firmware" / "main.py"
SECOND = 1_000_000
INTERPRETERS = ("micropython", "cpython")


class Lines:
    """One connection to the board's link (or another of its ports), line by line."""

    def __init__(self, port: str, timeout_s: float = 20.0) -> None:
        self.port = serial.serial_for_url(port, timeout=timeout_s)

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        self.port.close()

    def send(self, line: str) -> None:
        self.port.write(line.encode() + b"\n")

    def line(self) -> str:
        data: bytes = self.port.readline()
        assert data.endswith(b"\n"), f"no whole line came: {data!r}"
        return data.decode().strip()

    def ask(self, line: str) -> str:
        self.send(line)
        return self.line()


def unread(port: str) -> socket.socket:
    """A connection to the link with as little room for unread bytes as the system allows."""
    link = socket.socket()
    link.settimeout(30)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, _, number = port.removeprefix("socket://").partition(":")
    link.connect((host, int(number)))
    return link
