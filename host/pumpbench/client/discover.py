"""Which ports there are, and which pumps are at them.

Listing can be slow (a Bluetooth port on Windows holds it up for seconds) and so can opening: both happen on
threads that are waited for only so long.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from serial.tools import list_ports

from pumpbench.client import payloads
from pumpbench.client.answers import Info
from pumpbench.client.errors import NoDevice
from pumpbench.client.frames import FrameMaker, FrameSplitter
from pumpbench.client.patience import Patience
from pumpbench.client.port import PortClosed, open_port
from pumplink import codec, numbers
from pumplink.numbers import ANSWER_BIT
from pumplink.states import OBSERVE
from pumplink.version import PROTOCOL

# USB identities of the boards and bridge chips that a pump's board can have: (vendor, product or None for
# any)
KNOWN_USB = {
    (0x2E8A, None): "Raspberry Pi RP2040",
    (0x303A, None): "Espressif ESP32",
    (0x10C4, 0xEA60): "CP210x bridge (ESP32 boards)",
    (0x1A86, None): "CH34x bridge (ESP32 boards)",
    (0x0403, None): "FTDI bridge (ESP32 boards)",
}
_ASK_REPEAT_S = 0.3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A serial port. `kind` says which board its USB identity fits, or is empty."""

    url: str
    description: str
    vendor_id: int | None
    product_id: int | None
    serial_number: str | None
    kind: str


def list_serial_ports(timeout_s: float = 5.0) -> list[PortInfo]:
    """The serial ports of this machine; an empty list when listing takes longer than `timeout_s`."""
    return _in_time(_list, timeout_s, [])


def _list() -> list[PortInfo]:
    return [
        PortInfo(
            url=port.device,
            description=port.description or "",
            vendor_id=port.vid,
            product_id=port.pid,
            serial_number=port.serial_number,
            kind=_kind(port.vid, port.pid),
        )
        for port in sorted(list_ports.comports())
    ]


def _kind(vendor: int | None, product: int | None) -> str:
    if vendor is None:
        return ""
    return KNOWN_USB.get((vendor, product)) or KNOWN_USB.get((vendor, None)) or ""


def identify(url: str, timeout_s: float = 1.5) -> Info | None:
    """Ask who is at a port, without taking command; None when nobody answers or the port is in use."""
    return _in_time(lambda: _ask(url, timeout_s), timeout_s + 1.0, None)


def _ask(url: str, timeout_s: float) -> Info | None:
    nonce = (time.monotonic_ns() & 0x7FFFFFFF) + 1
    schema = codec.schema_hash()
    hello = {"protocol": PROTOCOL, "schema": schema, "nonce": nonce, "role": OBSERVE}
    splitter, maker = FrameSplitter(), FrameMaker()
    try:
        port = open_port(url)
    except NoDevice:
        return None
    until = time.monotonic() + timeout_s
    next_send = 0.0
    try:
        while (now := time.monotonic()) < until:
            if now >= next_send:
                port.write(maker.make(numbers.HELLO, payloads.encode(numbers.HELLO, hello)))
                next_send = now + _ASK_REPEAT_S
            if not port.wait(min(next_send, until) - now, read=True, write=False):
                continue
            for frame in splitter.feed(port.read()):
                if frame.kind == numbers.HELLO | ANSWER_BIT:
                    answer = payloads.decode(frame.kind, frame.payload)
                    if answer["nonce"] == nonce:
                        fits = answer["protocol"] == PROTOCOL and answer["schema"] == schema
                        return Info.from_hello(answer, fits)
    except PortClosed:
        return None
    finally:
        port.close()
    return None


def find_boards(timeout_s: float = 1.5) -> list[tuple[PortInfo, Info | None]]:
    """The ports with a known USB identity, all asked at the same time, each with who answered there."""
    ports = [port for port in list_serial_ports() if port.kind]
    asked = [_start(partial(_ask, port.url, timeout_s)) for port in ports]
    patience = Patience(timeout_s + 1.0)
    return [(port, _result_of(future, patience, None)) for port, future in zip(ports, asked, strict=True)]


def other_ports_of(url: str, unique_id: str) -> Iterator[str]:
    """Ports other than `url` where the board `unique_id` answers now; the likely ones are asked first."""
    candidates = [port for port in list_serial_ports() if port.kind and port.url != url]
    candidates.sort(key=lambda port: (port.serial_number or "").lower() not in unique_id)
    for port in candidates:
        info = identify(port.url)
        if info is not None and info.unique_id == unique_id:
            yield port.url


def _start(job: Callable[[], T]) -> "Future[T]":
    """Run `job` on a thread that nobody needs to wait for."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(job())
        except Exception as error:  # noqa: BLE001  whoever waits for the future gets it
            future.set_exception(error)

    threading.Thread(target=run, name="pumpbench-discover", daemon=True).start()
    return future


def _in_time(job: Callable[[], T], timeout_s: float, otherwise: T) -> T:
    return _result_of(_start(job), Patience(timeout_s), otherwise)


def _result_of(future: "Future[T]", patience: Patience, otherwise: T) -> T:
    if not future.done():
        for turn_s in patience:
            if wait([future], turn_s).done:
                break
    try:
        return future.result(0.0)
    except (TimeoutError, OSError):
        return otherwise
