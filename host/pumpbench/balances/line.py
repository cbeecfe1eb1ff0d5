"""Lines of text over a serial port; a cable that was pulled is noticed, and tried again."""

import time

from pumpbench.balances.errors import NoBalance
from pumpbench.client.errors import NoDevice
from pumpbench.client.port import Port, PortClosed, Settings, open_port

_LONGEST = 4096  # bytes that wait to be read; older ones are garbage


class Line:
    """One serial port, opened for this program alone. Raises `NoBalance` when it cannot be opened."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url = url
        self._settings = settings
        self._port: Port | None = None
        self._rest = b""
        self.open()

    def open(self) -> None:
        """Open the port, again when it was lost. Raises `NoBalance`."""
        if self._port is not None:
            return
        try:
            self._port = open_port(self.url, self._settings)
        except NoDevice as error:
            raise NoBalance(f"balance: {error}") from error
        self._rest = b""

    def write(self, data: bytes) -> None:
        """Send all of `data`. Raises `PortClosed`."""
        try:
            while data:
                port = self._open_port()
                data = data[port.write(data) :]
                if data:
                    port.wait(1.0, read=False, write=True)
        except PortClosed:
            self.close()
            raise

    def read(self, timeout_s: float) -> str | None:
        """Return the next line without its end, None when none came in time. Raises `PortClosed`."""
        until = time.monotonic() + timeout_s
        try:
            while True:
                ended, found, rest = self._rest.partition(b"\n")
                if found:
                    self._rest = rest
                    return ended.rstrip(b"\r").decode("latin-1")
                port, left = self._open_port(), max(0.0, until - time.monotonic())
                if port.wait(left, read=True, write=False):
                    self._rest = (self._rest + port.read())[-_LONGEST:]
                elif not left:
                    return None
        except PortClosed:
            self.close()
            raise

    def close(self) -> None:
        """Give the port back."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _open_port(self) -> Port:
        if self._port is None:
            raise PortClosed("the port is closed")
        return self._port
