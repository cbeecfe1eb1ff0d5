"""A serial port that behaves as usb-device-cdc's documentation says: with a time-out of 0 nothing waits."""


class CDCInterface:
    def __init__(self, timeout=1000, txbuf=256, rxbuf=256):
        assert timeout == 0
        self.room = txbuf
        self.dtr = False
        self.opened = False
        self.sent = bytearray()
        self.came = bytearray()

    def is_open(self):
        """Whether the host has configured the interface."""
        return self.opened

    def ioctl(self, request, argument):
        """Request 3 polls: of the flags asked for, those that hold."""
        assert request == 3
        return argument & ((1 if self.came else 0) | (4 if self.room else 0))

    def readinto(self, buffer):
        """How many bytes were read, None when there are none."""
        count = min(len(buffer), len(self.came))
        if not count:
            return None
        buffer[:count] = self.came[:count]
        self.came = self.came[count:]
        return count

    def write(self, data):
        """How many bytes were taken."""
        count = min(len(data), self.room)
        self.sent += bytes(data[:count])
        self.room -= count
        return count
