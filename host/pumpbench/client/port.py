"""A serial port as the client needs it: opened exclusively, read in large chunks, woken at will, never
polled.

A port is named by a pyserial URL: ``/dev/ttyACM0``, ``COM5``, ``socket://127.0.0.1:4000``, ...

DTR and RTS are both raised when the port opens and never lowered, not even by closing it: on an ESP32 board
any moment in which one is up and the other is down is a reset.
"""

import contextlib
import errno
import os
import re
import select
import socket
import sys
import threading
from collections import deque
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import serial

from pumpbench.client.errors import NoDevice, PortUnusable

CHUNK = 65536
BAUD = 115200
OPEN_TIMEOUT_S = 5.0
_HOST_AND_PORT = re.compile(r"[\w.-]+:[0-9]+")
_NUMBERS = re.compile(r"\[Errno -?[0-9]+\] ")


class PortClosed(OSError):  # noqa: N818
    """The port went away: unplugged, or closed by the other side."""


class Port(Protocol):
    """What the link needs of a port. `read` and `write` never block; both raise `PortClosed`."""

    def wait(self, timeout_s: float, *, read: bool, write: bool) -> bool:
        """Return when there is something to read or room to write (as asked), after `wake`, or in time.

        Says whether there is something to read, which `read` may then be called for.
        """

    def wake(self) -> None:
        """Make `wait` return, from any thread."""

    def read(self) -> bytes:
        """Return what has arrived, after `wait` said that something has."""

    def write(self, data: bytes | memoryview) -> int:
        """Write what the port takes now and return how much that was."""

    def close(self) -> None:
        """Give the port back."""


class Settings(NamedTuple):
    """What both ends of a serial cable must agree on; means nothing on USB and TCP. `parity` is N, E or O."""

    baud: int = BAUD
    bits: int = 8
    parity: str = "N"
    stop_bits: int = 1


USB = Settings()


def open_port(url: str, settings: Settings = USB) -> Port:
    """Open `url` for this program alone; raises `NoDevice` with the reason."""
    if os.name == "posix" and url.startswith("socket://"):
        return _FilePort(_connect(url))
    try:
        port = serial.serial_for_url(
            url,
            baudrate=settings.baud,
            bytesize=settings.bits,
            parity=settings.parity,
            stopbits=settings.stop_bits,
            timeout=0,
            write_timeout=0,
            exclusive=True,
        )
    except (OSError, ValueError) as error:
        raise _refusal(url, error) from error
    try:
        descriptor = port.fileno()
    except OSError:  # rfc2217://, loop:// and every port of Windows have none (io.UnsupportedOperation)
        return _ThreadPort(port)
    if os.name != "posix":
        return _ThreadPort(port)
    _keep_lines_up(descriptor)
    with contextlib.suppress(OSError, ValueError, NotImplementedError, AttributeError):
        port.set_low_latency_mode(True)  # FTDI chips collect bytes for 16 ms otherwise; others do not know it
    return _FilePort(port)


def _connect(url: str) -> socket.socket:
    # Not by pyserial: its socket:// leaves Nagle's delay on and sleeps for 0.3 s in close.
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port
    except ValueError:  # no number, or one beyond 65535
        named = None
    if not named:
        raise PortUnusable(f"{url} names no port: expected socket://HOST:PORT, with a PORT from 1 to 65535")
    try:
        connection = socket.create_connection((parts.hostname, parts.port), timeout=OPEN_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise _refusal(url, error) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection


def _refusal(url: str, error: Exception) -> NoDevice:
    unusable = _unusable(url, error)
    return PortUnusable(unusable) if unusable else NoDevice(_not_now(url, error))


def _unusable(url: str, error: Exception) -> str:
    """Return why the port cannot be had however long one waits, "" where it may come yet."""
    number = getattr(error, "errno", None)
    text = str(error)
    if number in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in text or "PermissionError(13" in text:
        return (
            f"{url} is in use by another program: close that first (`pumpbench stop` and `pumpbench status` "
            "work through a pumpbench that has it)"
        )
    if not url:
        return "the port's name is empty: `pumpbench ports` lists those that are there"
    if _HOST_AND_PORT.fullmatch(url):
        return f"there is no port {url}: a TCP port is written socket://{url}"
    if number in (errno.EISDIR, errno.ENOTTY) or "Inappropriate ioctl" in text:
        return f"{url} is no serial port: `pumpbench ports` lists those that are there"
    if isinstance(error, ValueError) and "protocol" in text:
        return f"{url} begins with no known protocol: allowed are a serial port's name, socket://HOST:PORT, rfc2217://"
    return ""


def _not_now(url: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    text = str(error)
    if number == errno.ENOENT or "FileNotFoundError" in text:
        return f"there is no port {url}: `pumpbench ports` lists those that are there"
    if number == errno.EACCES:
        return f"no permission to open {url}: join the group that owns it (dialout on Debian and Ubuntu)"
    if number == errno.ECONNREFUSED:
        return f"nothing listens at {url}"
    if isinstance(error, socket.gaierror):
        return f"there is no host of the name in {url}"
    return f"cannot open {url}: {_NUMBERS.sub('', text)}"


def _keep_lines_up(descriptor: int) -> None:
    """Do not let the last close lower DTR and RTS (the modem would hang up; an ESP32 would reset)."""
    if sys.platform == "win32":
        return
    import termios

    with contextlib.suppress(termios.error):  # not a terminal
        settings = termios.tcgetattr(descriptor)
        settings[2] &= ~termios.HUPCL
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)


class _HasDescriptor(Protocol):
    def fileno(self) -> int: ...

    def close(self) -> None: ...


class _FilePort:
    """A port with a file descriptor that can be waited for: serial ports, PTYs and sockets on POSIX."""

    def __init__(self, owner: _HasDescriptor) -> None:
        self._owner = owner
        self._descriptor = owner.fileno()
        self._bell, self._button = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._button, False)

    def wait(self, timeout_s: float, *, read: bool, write: bool) -> bool:
        # select, not poll: on macOS poll knows no terminals
        ready, _, _ = select.select(
            [self._bell, self._descriptor] if read else [self._bell],
            [self._descriptor] if write else [],
            [],
            max(0.0, timeout_s),
        )
        if self._bell in ready:
            os.read(self._bell, 4096)
        return self._descriptor in ready

    def wake(self) -> None:
        with contextlib.suppress(OSError):  # full: it rings already; closed: nobody waits
            os.write(self._button, b"!")

    def read(self) -> bytes:
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortClosed(error.strerror) from error
        if not data:
            raise PortClosed("the other side closed the port")
        return data

    def write(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortClosed(error.strerror) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._owner.close()
        os.close(self._bell)
        os.close(self._button)


class _ThreadPort:
    """A port that cannot be waited for: a thread of its own sits in its blocking read."""

    _BOUND = 16 * CHUNK

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        port.timeout = 0.2  # so that the thread notices the end
        port.write_timeout = 1.0
        self._changed = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._woken = False
        self._closing = False
        self._failed: OSError | None = None
        self._thread = threading.Thread(target=self._read_on, name="pumpbench-port", daemon=True)
        self._thread.start()

    def _read_on(self) -> None:
        while not self._closing:
            try:
                data = self._port.read(1)
                if data and self._port.in_waiting:
                    data += self._port.read(min(self._port.in_waiting, CHUNK))
            except (OSError, TypeError, AttributeError) as error:  # pyserial, when closed under its feet
                with self._changed:
                    self._failed = PortClosed(str(error))
                    self._changed.notify_all()
                return
            if data:
                with self._changed:
                    self._changed.wait_for(lambda: self._held < self._BOUND or self._closing)
                    self._chunks.append(data)
                    self._held += len(data)
                    self._changed.notify_all()

    def wait(self, timeout_s: float, *, read: bool, write: bool) -> bool:
        with self._changed:
            if not write:  # a write waits by itself here
                self._changed.wait_for(
                    lambda: self._woken or (read and (self._chunks or self._failed is not None)), timeout_s
                )
            self._woken = False
            return bool(self._chunks or self._failed)

    def wake(self) -> None:
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def read(self) -> bytes:
        with self._changed:
            if not self._chunks:
                if self._failed:
                    raise self._failed
                return b""
            data = self._chunks.popleft()
            self._held -= len(data)
            self._changed.notify_all()
            return data

    def write(self, data: bytes | memoryview) -> int:
        try:
            return self._port.write(bytes(data)) or 0
        except serial.SerialTimeoutException:
            return 0  # drivers report these without cause; a request without answer is repeated
        except OSError as error:
            raise PortClosed(str(error)) from error

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout=2.0)
        with contextlib.suppress(OSError):
            self._port.close()
