"""The link's port on a chip with USB: a second serial port where the modules for it are installed, else the
REPL's.

Neither ever waits. While the REPL's port is the link's, a byte 0x03 interrupts nothing, with one exception:
mpremote's knock (a return and a Ctrl-C, which begin no frame) reaches a pump whose driver is off.
"""

import select
import sys

import micropython

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pumpfw.faces import ptr8, ptr16, ptr32

SECOND_PORT = 32  # capability bits
SHARES_REPL = 128

_CHUNK = 64  # bytes of a USB packet
_RETURN, _CTRL_C = 13, 3
_PROVEN = 48  # bytes that went through the ring as foreseen before it is trusted
_RING_END = 0x20004000  # of the memory that is searched for it
_RING_BEGIN = 0x20000000


class ReplPort:
    """The REPL's port, which MicroPython reads byte by byte, 30 us each. Where its ring is found in memory,
    and has proved to be that, what waits there is copied at once.

    Output goes in whole packets, filled up with zeros, which part frames anyway: the port has room for a
    packet or for none, and so a write that it takes never waits.

    `is_driver_off()` tells whether a knock may interrupt; `is_cable_in()` whether the host polls the bus.
    """

    capability = SHARES_REPL

    def __init__(self, is_driver_off, is_cable_in) -> None:  # type: ignore[no-untyped-def]
        self._is_driver_off = is_driver_off
        self._is_cable_in = is_cable_in
        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
        self._wait_in = poll.ipoll
        poll = select.poll()
        poll.register(sys.stdout, select.POLLOUT)
        self._wait_out = poll.ipoll
        self._read = sys.stdin.buffer.readinto
        self._write = sys.stdout.buffer.write
        self._one = bytearray(1)
        self._packet = bytearray(_CHUNK)
        self._heard = False
        self._ring = _find_ring(_RING_BEGIN, _RING_END) if sys.platform == "rp2" else 0
        self._proof = 0
        micropython.kbd_intr(-1)

    def connected(self) -> bool:
        """Return whether the cable is in and somebody has spoken since."""
        if not self._is_cable_in():
            self._heard = False
        elif not self._heard:
            self._heard = self.any()
        return self._heard

    def any(self) -> bool:
        """Return whether there is something to read."""
        if self._proof >= _PROVEN:
            return _ring_count(self._ring) != 0
        for _ in self._wait_in(0):
            return True
        return False

    def readinto(self, buffer: bytearray) -> int:
        """Move what came into `buffer`; return how many bytes."""
        if self._proof >= _PROVEN:
            ring = self._ring
            # A return may begin a knock: what follows it is for the prompt.
            room = 2 if _ring_first(ring) == _RETURN else len(buffer)
            count = _ring_copy(ring, buffer, room)
            if count:
                # The last one comes the official way, which lets the port go on, and is checked.
                self._read(self._one)
                if self._one[0] != buffer[count - 1]:
                    self._ring = self._proof = 0
                    buffer[count - 1] = self._one[0]
        else:
            count = self._read_slowly(buffer)
        if count == 2 and buffer[0] == _RETURN and buffer[1] == _CTRL_C and self._is_driver_off():
            raise KeyboardInterrupt
        return count

    def _read_slowly(self, buffer: bytearray) -> int:
        one = self._one
        count = 0
        while count < len(buffer):
            for _ in self._wait_in(0):
                break
            else:
                return count
            ring = self._ring
            foreseen = _ring_count(ring) << 8 | _ring_first(ring) if ring else 0
            self._read(one)
            buffer[count] = one[0]
            count += 1
            if count == 2 and buffer[0] == _RETURN:
                return count
            if ring:
                # One byte fewer, and the one that was foreseen, or this is not the port's ring.
                if foreseen & 0xFF == one[0] and _ring_count(ring) >= (foreseen >> 8) - 1 >= 0:
                    self._proof += 1
                else:
                    self._ring = self._proof = 0
        return count

    def write(self, buffer: "bytes | bytearray", start: int, length: int) -> int:
        """Send of `buffer` what the port takes now; return how many bytes."""
        at = start
        length += start  # (a call with more than eleven names and operands gets its room from the heap)
        while at < length:
            for _ in self._wait_out(0):
                break
            else:
                break
            at = _fill(self._packet, buffer, at, length)
            self._write(self._packet)
        return at - start

    def max_records_hz(self, tick_hz: int) -> int:
        """Return how many telemetry records a second this port carries: one a tick."""
        return tick_hz


class SecondPort:
    """A second USB serial port, by micropython-lib's ``usb-device-cdc``; the REPL keeps the first."""

    capability = SECOND_PORT

    def __init__(self) -> None:
        import usb.device
        from usb.device.cdc import CDCInterface

        self._cdc = cdc = CDCInterface(timeout=0, txbuf=512, rxbuf=512)
        usb.device.get().init(cdc, builtin_driver=True)
        self._is_open = cdc.is_open
        self._view = memoryview(b"")
        self._viewed: object = None

    def connected(self) -> bool:
        """Return whether the cable is in and somebody has opened the port."""
        return self._is_open() and self._cdc.dtr

    def any(self) -> bool:
        """Return whether there is something to read."""
        return self._cdc.ioctl(3, 1) != 0

    def readinto(self, buffer: bytearray) -> int:
        """Move what came into `buffer`; return how many bytes."""
        return self._cdc.readinto(buffer) or 0

    def write(self, buffer: "bytes | bytearray", start: int, length: int) -> int:
        """Send of `buffer` what the port takes now; return how many bytes."""
        if self._viewed is not buffer:
            self._viewed = buffer
            self._view = memoryview(buffer)
        return self._cdc.write(self._view[start : start + length])

    def max_records_hz(self, tick_hz: int) -> int:
        """Return how many telemetry records a second this port carries: its packets cost a callback each."""
        return min(tick_hz, 500)


def second_port(wanted: int) -> "SecondPort | None":
    """Return the second port where that is wanted and possible."""
    if wanted:
        try:
            return SecondPort()
        except (ImportError, AttributeError):  # not installed, or a MicroPython that cannot
            pass
    return None


# A ring of MicroPython's (``ringbuf_t`` in py/ringbuf.h): buffer, size, next to get, next to put.


@micropython.viper
def _find_ring(begin: int, end: int) -> int:
    """Return the address of a ring for 512 bytes, 0 where there is none or more than one."""
    found = 0
    while begin < end:
        ring = ptr16(begin)
        if ring[2] == 512 and ring[3] < 512 and ring[4] < 512 and ring[1] == 0x2000 and ring[0] < 0x4000:
            if found:
                return 0
            found = begin
        begin += 4
    return found


@micropython.viper
def _ring_count(ring: int) -> int:
    r = ptr16(ring)
    count = r[4] - r[3]
    if count < 0:
        count += r[2]
    return count


@micropython.viper
def _ring_first(ring: int) -> int:
    r = ptr16(ring)
    return ptr8(ptr32(ring)[0])[r[3]]


@micropython.viper
def _ring_copy(ring: int, into: ptr8, room: int) -> int:
    """Copy what waits; take all but the last byte out. Returns how many were copied."""
    r = ptr16(ring)
    data = ptr8(ptr32(ring)[0])
    get = r[3]
    put = r[4]
    count = 0
    while get != put and count < room:
        into[count] = data[get]
        count += 1
        r[3] = get
        get += 1
        if get == r[2]:
            get = 0
    return count


@micropython.viper
def _fill(packet: ptr8, data: ptr8, start: int, end: int) -> int:
    """Fill a packet from `data[start:end]`, with zeros behind that; return up to where it got."""
    at = 0
    while at < 64 and start < end:
        packet[at] = data[start]
        at += 1
        start += 1
    while at < 64:
        packet[at] = 0
        at += 1
    return start
