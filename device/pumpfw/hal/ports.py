"""The link's port on a chip with USB: a second serial port where the modules for it are installed, else the
REPL's.

Neither ever waits. ``any()`` and ``readinto(buffer)`` may change, and so are looked up at each use; ``send``
sends a packet at once, or not at all and returns False; ``seek_ahead`` looks for a frame in what still waits,
where that can be seen, and may be called by an interrupt. On the REPL's port, where a host that looks for
pumps sends frames even if it is not the link's, a byte 0x03 interrupts nothing, with one exception:
mpremote's knock (a return and a Ctrl-C, which begin no frame) reaches a pump whose driver is off.
"""

import select
import sys
from array import array

import micropython
from micropython import const

from pumpfw.stop_search import FOUND, seek

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pumpfw.faces import ptr8, ptr16, ptr32

SECOND_PORT = 32  # capability bits
SHARES_REPL = 128

_CHUNK = 64  # bytes of a USB packet
_RETURN = const(13)
_CTRL_C = const(3)
_PROVEN = 48  # bytes that went through the ring as foreseen before it is trusted
_PLENTY = const(256)  # bytes in the ring: the port may have been waiting for room in it
_RING_END = 0x20004000  # of the memory that is searched for it
_RING_BEGIN = 0x20000000
_ENDPOINT = const(0x50100090)  # how the buffers of endpoint 2, to the host, stand


class ReplPort:
    """The REPL's port, which MicroPython reads byte by byte, 30 us each. Where its ring is found in memory,
    and has proved to be that, what waits there is copied at once, and ``any`` and ``readinto`` are machine
    code.

    Output goes in whole packets, filled up with zeros, which part frames anyway: the port has room for a
    packet or for none, and so a write that it takes never waits.

    `is_driver_off()` tells whether a knock may interrupt; `is_cable_in()` whether the host polls the bus.
    """

    capability = SHARES_REPL

    def __init__(self, is_driver_off, is_cable_in) -> None:  # type: ignore[no-untyped-def]
        self._is_driver_off = is_driver_off
        self._is_cable_in = is_cable_in
        self._wait_in = _waiter(sys.stdin, select.POLLIN)
        self._wait_out = _waiter(sys.stdout, select.POLLOUT)
        self._read = sys.stdin.buffer.readinto
        self._write = sys.stdout.buffer.write
        self._one = bytearray(1)
        self._packet = bytearray(_CHUNK)
        self._heard = False
        self._ring = _find_ring(_RING_BEGIN, _RING_END) if sys.platform == "rp2" else 0
        self._proof = 0
        self.any = self._any
        self.readinto = self._read_somehow
        self.send = _send if sys.platform == "rp2" else _send_nothing
        micropython.kbd_intr(-1)

    def connected(self) -> bool:
        """Return whether the cable is in and somebody has spoken since."""
        if not self._is_cable_in():
            self._heard = False
        elif not self._heard:
            self._heard = self.any()
        return self._heard

    def _any(self) -> bool:
        """Return whether there is something to read."""
        for _ in self._wait_in(0):
            return True
        return False

    def _read_somehow(self, buffer: bytearray) -> int:
        """Move what came into `buffer`; return how many bytes."""
        if _PROVED[0]:
            count = self._read_ring(buffer)
        else:
            count = self._read_slowly(buffer)
            if self._proof >= _PROVEN:
                _PROVED[0] = self._ring
                _ELSE[0] = self._read_somehow
                self.any = _is_in_ring
                self.readinto = _read
        if count == 2 and buffer[0] == _RETURN and buffer[1] == _CTRL_C and self._is_driver_off():
            raise KeyboardInterrupt
        return count

    def _read_ring(self, buffer: bytearray) -> int:
        ring = self._ring
        # A return may begin a knock: what follows it is for the prompt.
        count = _ring_copy(ring, buffer, 2 if _ring_first(ring) == _RETURN else len(buffer))
        if count:
            # The last one comes the official way, which lets the port go on where it waited for room.
            self._read(self._one)
            buffer[count - 1] = self._one[0]
        return count

    def seek_ahead(self, frame: bytes, matched: int) -> bool:
        """Return whether `frame`, of which `matched` bytes were read last, is found in what waits in a ring
        that is trusted. All of that stays there, and no object is made."""
        if not _PROVED[0]:
            return False
        self._any()  # which moves what has come into the ring: the port itself waits for the collector
        return _seek_in_ring(frame, matched) >= FOUND

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
    """A second USB serial port, by micropython-lib's ``usb-device-cdc``; the REPL keeps the first.

    `is_driver_off` and `is_cable_in` are as for the other.
    """

    capability = SECOND_PORT

    def __init__(self, is_driver_off, is_cable_in) -> None:  # type: ignore[no-untyped-def]
        import usb.device
        from usb.device.cdc import CDCInterface

        self._is_driver_off = is_driver_off
        self._is_cable_in = is_cable_in
        self._wait_in = _waiter(sys.stdin, select.POLLIN)
        self._hear = sys.stdin.buffer.readinto
        self._heard = bytearray(1)
        self._cdc = cdc = CDCInterface(timeout=0, txbuf=512, rxbuf=512)
        usb.device.get().init(cdc, builtin_driver=True)
        self._is_open = cdc.is_open
        self.any = self._any
        self.readinto = self._read
        self.send = _send_nothing
        self._view = memoryview(b"")
        self._viewed: object = None
        micropython.kbd_intr(-1)

    def connected(self) -> bool:
        """Return whether the cable is in and somebody has opened the port; hear a knock at the prompt's."""
        for _ in self._wait_in(0):
            self._listen()
        return self._is_cable_in() and self._is_open() and self._cdc.dtr

    def _listen(self) -> None:
        heard = self._heard
        before = heard[0]
        self._hear(heard)
        if before == _RETURN and heard[0] == _CTRL_C and self._is_driver_off():
            raise KeyboardInterrupt

    def _any(self) -> bool:
        """Return whether there is something to read."""
        return self._cdc.ioctl(3, 1) != 0

    def _read(self, buffer: bytearray) -> int:
        """Move what came into `buffer`; return how many bytes."""
        if not self._any():  # which leaves nothing to collect
            return 0
        return self._cdc.readinto(buffer) or 0

    def seek_ahead(self, frame: bytes, matched: int) -> bool:
        """Return False: what waits comes by a callback, for which no interrupt has room."""
        return False

    def write(self, buffer: "bytes | bytearray", start: int, length: int) -> int:
        """Send of `buffer` what the port takes now; return how many bytes."""
        if self._viewed is not buffer:
            self._viewed = buffer
            self._view = memoryview(buffer)
        return self._cdc.write(self._view[start : start + length])

    def max_records_hz(self, tick_hz: int) -> int:
        """Return how many telemetry records a second this port carries: its packets cost a callback each."""
        return min(tick_hz, 500)


def _waiter(stream, event: int):  # type: ignore[no-untyped-def]
    """Return what waits for so many ms until that can be done with a stream; 0 looks only."""
    poll = select.poll()
    poll.register(stream, event)
    return poll.ipoll


def second_port(wanted: int, is_driver_off, is_cable_in) -> "SecondPort | None":  # type: ignore[no-untyped-def]
    """Return the second port where that is wanted and possible."""
    if wanted:
        try:
            return SecondPort(is_driver_off, is_cable_in)
        except (ImportError, AttributeError):  # not installed, or a MicroPython that cannot
            pass
    return None


_WRITE = sys.stdout.buffer.write


@micropython.viper
def _send(packet) -> bool:  # type: ignore[no-untyped-def]
    """Send a short packet as it is, when the one before has gone: the controller's buffer of the port's
    endpoint, 2 to the host in either chip's MicroPython, is not handed over. False when it has not.
    """
    if ptr32(_ENDPOINT)[0] & 0x4000400:
        return False
    _WRITE(packet)
    return True


def _send_nothing(packet: bytearray) -> bool:
    return False


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


_PROVED = array("I", (0,))  # the address of the ring, once it is trusted
_ELSE: "list[Any]" = [None]  # how to read where something is special about it


@micropython.viper
def _is_in_ring() -> bool:
    """Return whether something waits in the ring that is trusted."""
    r = ptr16(ptr32(_PROVED)[0])
    return r[3] != r[4]


@micropython.viper
def _read(into) -> int:  # type: ignore[no-untyped-def]
    """Move what waits in the ring that is trusted into a buffer of 256 bytes at least."""
    ring = ptr32(_PROVED)[0]
    r = ptr16(ring)
    data = ptr8(ptr32(ring)[0])
    get = r[3]
    put = r[4]
    if get == put:
        return 0
    count = put - get
    if count < 0:
        count += r[2]
    if data[get] == _RETURN or count > _PLENTY:
        return int(_ELSE[0](into))
    to = ptr8(into)
    at = 0
    while at < count:
        to[at] = data[get]
        at += 1
        get += 1
        if get == r[2]:
            get = 0
    r[3] = get
    return count


@micropython.viper
def _seek_in_ring(frame, matched: int) -> int:  # type: ignore[no-untyped-def]
    """Do ``stop_search.seek`` through what waits in the ring that is trusted."""
    ring = ptr32(_PROVED)[0]
    r = ptr16(ring)
    data = int(ptr32(ring)[0])
    get = r[3]
    put = r[4]
    if put < get:
        matched = int(seek(frame, len(frame), matched, data + get, r[2] - get))
        if matched >= int(FOUND):
            return matched
        get = 0
    return int(seek(frame, len(frame), matched, data + get, put - get))


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
