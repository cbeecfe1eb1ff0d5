"""MicroPython's ``machine`` module, as far as the virtual board has the hardware."""

from fakes import bench
from fakes.power import SOFT, BoardReset

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = SOFT

_NO_DEVICE = 5  # EIO, as the chips' drivers raise it
_ADC_TOP = 65_535


def unique_id() -> bytes:
    """Return the board's identity, 16 bytes."""
    unique_id: bytes = bench.powered().unique_id
    return unique_id


def reset_cause() -> int:
    """Return why the board last reset."""
    cause: int = bench.powered().reset_cause
    return cause


def reset() -> None:
    """Restart the board."""
    raise BoardReset(SOFT_RESET)


class I2C:
    """The bus with the flow sensor on it; OSError when no device acknowledges."""

    def __init__(self, id: int = 0) -> None:
        self._devices = bench.powered().i2c_devices

    def scan(self) -> list[int]:
        """Return the addresses that acknowledge."""
        return sorted(self._devices)

    def writeto(self, addr: int, buf: bytes) -> int:
        """Write `buf` to the device at `addr`; return how many bytes it acknowledged."""
        self._device(addr).write(buf)
        return len(buf)

    def readfrom_into(self, addr: int, buf: bytearray) -> None:
        """Fill `buf` from the device at `addr`."""
        self._device(addr).read_into(buf)

    def _device(self, addr: int):  # type: ignore[no-untyped-def]
        device = self._devices.get(addr)
        if device is None:
            raise OSError(_NO_DEVICE)
        return device


class ADC:
    """The pressure sensor's voltage."""

    def __init__(self, pin: int) -> None:
        self._bench = bench.powered()

    def read_u16(self) -> int:
        """Return the voltage as 0..65535, clipped."""
        raw: int = self._bench.pressure_raw()
        return 0 if raw < 0 else _ADC_TOP if raw > _ADC_TOP else raw


class Pin:
    """A digital pin: an input follows the bench's level, high where nothing pulls it."""

    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2

    def __init__(self, id: int, mode: int = IN, pull: int = -1, value: int = 0) -> None:
        self._inputs = bench.powered().pulled_low
        self._id = id
        self._mode = mode
        self._level = value

    def value(self, level: "int | None" = None) -> "int | None":
        """Return the level, or set it."""
        if level is not None:
            self._level = level
            return None
        if self._mode == Pin.OUT:
            return self._level
        return 0 if self._id in self._inputs else 1


class WDT:
    """The watchdog, in virtual time: ``feed()`` lets it wait the whole time-out anew."""

    def __init__(self, id: int = 0, timeout: int = 5000) -> None:
        watchdog = bench.powered().watchdog
        watchdog.start(timeout)
        self.feed = watchdog.feed
