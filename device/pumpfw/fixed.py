"""Whole-number arithmetic that never makes a big integer: a chip's small integer ends at 2^30.

A quantity that grows without end is two limbs, ``hi * 2^30 + lo`` with ``lo`` in 0..2^30-1.
"""

MASK = 0x3FFFFFFF  # the low limb
LIMB = MASK + 1  # for the host side and start-up only: no small integer on a chip


def muldiv(a: int, b: int, c: int) -> int:
    """Return floor(a * b / c) for 0 <= a, b < 2^30 and 0 < c < 2^29, at most 2^30 - 1 (saturated); allocates
    nothing."""
    a_hi = a >> 15
    a_lo = a & 0x7FFF
    b_hi = b >> 15
    b_lo = b & 0x7FFF
    if a_hi == 0 and b_hi == 0:
        return a_lo * b_lo // c
    low = a_lo * b_lo
    mid_1 = a_lo * b_hi
    mid_2 = a_hi * b_lo
    carry = (low >> 15) + (mid_1 & 0x7FFF) + (mid_2 & 0x7FFF)
    hi = a_hi * b_hi + (mid_1 >> 15) + (mid_2 >> 15) + (carry >> 15)
    lo = ((carry & 0x7FFF) << 15) | (low & 0x7FFF)
    return divide(hi, lo, c)


def divide(hi: int, lo: int, c: int) -> int:
    """Return floor((hi * 2^30 + lo) / c) for 0 < c < 2^29, at most 2^30 - 1 (saturated)."""
    if hi == 0:
        return lo // c
    if hi >= c:
        return MASK
    bits = (
        10 if c < 0x100000 else 6 if c < 0x1000000 else 1
    )  # digits that leave remainder * 2^bits a small integer
    digit = (1 << bits) - 1
    remainder = hi
    quotient = 0
    shift = 30
    while shift > 0:
        shift -= bits
        remainder = (remainder << bits) | ((lo >> shift) & digit)
        part = remainder // c
        quotient = (quotient << bits) | part
        remainder -= part * c
    return quotient


def carry(lo: int, change: int) -> int:
    """Return what ``lo + change`` adds to the high limb, without making a sum past 2^30: -1, 0 or 1."""
    return (lo + change) >> 30 if change < 0 else 1 + ((lo - MASK - 1 + change) >> 30)


def wrap(lo: int, change: int) -> int:
    """Return the low limb of ``lo + change``, without making a sum past 2^30."""
    return (lo + change if change < 0 else lo - MASK - 1 + change) & MASK


def clamp(value: int, low: int, high: int) -> int:
    """Return ``value``, or the end of low..high that it is beyond."""
    return low if value < low else high if value > high else value


def split(value: int) -> "tuple[int, int]":
    """Return lo and hi of a whole number: not for the tick."""
    return value & MASK, value >> 30


def join(hi: int, lo: int) -> int:
    """Return the whole number of two limbs: not for the tick, it may be big."""
    return hi * LIMB + lo
