"""``machine`` of an ESP32, as far as its documentation goes."""

import bench

SOFT_RESET = 5


class Pin:
    IN = 1
    OUT = 3
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    handlers = {}

    def __init__(self, id, mode=-1, pull=-1, value=None):
        if not 0 <= id <= 48:
            raise ValueError("invalid pin")
        if mode == Pin.OUT and 34 <= id <= 39:
            raise ValueError("pin can only be input")
        self.id = id
        if value is not None:
            bench.levels[id] = value

    def value(self, level=None):
        if level is None:
            return bench.level(self.id)
        bench.levels[self.id] = level
        return None

    def irq(self, handler, trigger):
        Pin.handlers[self.id] = handler, trigger, self


class ADC:
    """At full range a step of the 4096 is 0.816 mV, and 0 is 142 mV; from 3150 mV on all read alike."""

    ATTN_11DB = 3

    def __init__(self, pin, atten=0):
        if not 32 <= pin.id <= 39:
            raise ValueError("invalid pin: the second converter is the radio's")

    def read_u16(self):
        raw = max((bench.converter_mv - 142) * 1000 // 816, 0) if bench.converter_mv < 3150 else 4095
        return raw << 4 | raw >> 8

    def read_uv(self):
        return ((self.read_u16() >> 4) * 816 // 1000 + 142) * 1000


class PWM:
    def __init__(self, pin, freq=0, duty_u16=0):
        self.duty = duty_u16

    def duty_u16(self, duty):
        self.duty = duty


class I2C:
    def __init__(self, id, scl, sda, freq, timeout):
        pass

    def writeto(self, address, buffer):
        if address != 8:
            raise OSError(19)
        return len(buffer)

    def readfrom_into(self, address, buffer):
        if address != 8:
            raise OSError(19)
        for i in range(len(buffer)):
            buffer[i] = i


class WDT:
    def __init__(self, id=0, timeout=5000):
        self.fed = 0

    def feed(self):
        self.fed += 1


def unique_id():
    return b"\x01\x02\x03\x04\x05\x06"


def reset_cause():
    return 1


def reset():
    raise SystemExit
