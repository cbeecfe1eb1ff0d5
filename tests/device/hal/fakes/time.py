"""MicroPython's ``time`` on the bench's clock."""

import bench

_MASK = 0x3FFFFFFF


def ticks_us():
    return bench.now_ns // 1000 & _MASK


def ticks_diff(later, earlier):
    return ((later - earlier + 0x20000000) & _MASK) - 0x20000000


def sleep_us(us):
    bench.pass_ns(us * 1000)


def sleep_ms(ms):
    bench.pass_ns(ms * 1_000_000)
