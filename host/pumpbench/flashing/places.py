"""Where a board may be found again: at its port, or at another port of the same USB device.

A board that restarts may show other ports than before: its link's own port is there only while the firmware
runs.
"""

from collections.abc import Iterator

from pumpbench.client.discover import list_serial_ports


class Places:
    """The ports of one board: what was named, remembered with the USB serial numbers behind it."""

    def __init__(self, *urls: str) -> None:
        self._urls = tuple(dict.fromkeys(urls))
        self._serials = {
            port.serial_number for port in list_serial_ports() if port.url in urls and port.serial_number
        }

    def __iter__(self) -> Iterator[str]:
        """The URLs that were named, then what else the same device shows now."""
        yield from self._urls
        if self._serials:
            for port in list_serial_ports():
                if port.serial_number in self._serials and port.url not in self._urls:
                    yield port.url
