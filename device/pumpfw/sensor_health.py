"""Is the flow sensor to be believed? What may be wrong with it shows in its readings, one by one: it does not
answer, answers with wrong checksums, repeats itself, or is noisy. (A wrong sign shows in the volumes: see
``comparison.py``.)

It is stuck, also at a plausible value, where at an unchanged set flow it repeats a reading

* for so long that this has less than one chance in 10^15 by its own noise: the share of second differences
  of three counts and more, learned at flows whose pulsation is slower than that; or
* for more than four times as long as it ever did in the revolution before; or
* for a minute, and that reading is not the set flow.
"""

import micropython
from micropython import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    ptr32 = array[int]

_SET_NL_H = const(10)
_STEPS_PER_REV = const(36)
_HARDWARE_STEPS = const(37)
_STEP_PL = const(44)
_RAW_NL_H = const(143)
_ROOM_NL_H = const(150)
_LAST_COUNT = const(153)
_CHANGE = const(154)
_SAME = const(155)
_NOISE = const(156)
_LIVELY = const(157)
_BAD_SHARE = const(158)
_BAD_RUN = const(159)
_OFF_RUN = const(160)
_LONGEST = const(167)
_LONGEST_BEFORE = const(168)
_LAP_STEPS = const(169)
_JUDGED_NL_H = const(170)
_COUNT_NL_H = const(171)
_GOOD = const(179)
_FLOW_COUNT = const(202)
_ZERO_ROOM_NL_H = const(203)

_MASK = const(0x3FFFFFFF)
_SLOW_NL_H = const(2_000_000)  # below it pulsation makes no difference of three counts
_FAST_NL_H = const(12_000_000)  # above it pulsation may look like noise
_LEAST_RUN = const(100)  # 5 s
_CERTAIN = const(143_360)  # ln(10^15), Q12
_NOISY = const(40_960)  # 160 counts of second difference: 8 uL/min of noise; in 1/256 count
_STEP_SHARE = const(42)  # a microstep makes 1/42 count a pL, there and back, if it passes within one reading
_MOSTLY = const(39_322)  # 60 % of the readings, Q16
_SELDOM = const(26_214)
_BAD_READS = const(20)  # 1 s
_OFF_READS = const(1200)  # 60 s


@micropython.viper
def is_faulty(c: ptr32, was_faulty: int) -> int:
    """Take the new reading, 20 times a second. Return 1 where the sensor is faulty, else 0."""
    good = c[_GOOD]
    share = c[_BAD_SHARE]
    if good == 0:
        run = c[_BAD_RUN]
        if run < 0xFFFF:
            run += 1
        c[_BAD_RUN] = run
        share += (65536 - share) >> 7
        c[_BAD_SHARE] = share
        if run >= _BAD_READS or share > _MOSTLY:
            return 1
        return was_faulty
    c[_BAD_RUN] = 0
    share -= share >> 7
    c[_BAD_SHARE] = share
    faulty = 0
    if share > _MOSTLY or (was_faulty and share > _SELDOM):
        faulty = 1

    count = c[_FLOW_COUNT]
    if count >> 31 == 1:  # a 64-bit port loads words without their sign
        count = count << 32 >> 32
    before = c[_LAST_COUNT]
    if before >> 31 == 1:
        before = before << 32 >> 32
    bend = c[_CHANGE]
    if bend >> 31 == 1:
        bend = bend << 32 >> 32
    change = count - before
    c[_LAST_COUNT] = count
    c[_CHANGE] = change
    bend -= change
    if bend < 0:
        bend = 0 - bend
    if bend > 0x1FFF:
        bend = 0x1FFF
    set_nl_h = c[_SET_NL_H]
    if set_nl_h >> 31 != 0:
        set_nl_h = 0

    # how long it has repeated itself, and ever did
    same = c[_SAME] + 1
    if change != 0 or good == 3:
        same = 0
    elif same > 0x3FFF:
        same = 0x3FFF
    c[_SAME] = same
    steps = c[_HARDWARE_STEPS]
    lively = c[_LIVELY]
    if set_nl_h != c[_JUDGED_NL_H]:
        c[_JUDGED_NL_H] = set_nl_h
        c[_LAP_STEPS] = steps
        c[_LONGEST] = 0
        c[_LONGEST_BEFORE] = 0
        lively = 0
    if same > c[_LONGEST]:
        c[_LONGEST] = same
    if (steps - c[_LAP_STEPS]) & _MASK >= c[_STEPS_PER_REV]:
        c[_LAP_STEPS] = steps
        c[_LONGEST_BEFORE] = c[_LONGEST]
        c[_LONGEST] = same
    longest = c[_LONGEST_BEFORE]
    if longest != 0 and same > (longest << 2) + 60:
        faulty = 1
    if set_nl_h < _SLOW_NL_H and same < 64:
        if bend >= 3:
            lively += (0x100000 - lively) >> 10
        else:
            lively -= lively >> 10
    c[_LIVELY] = lively
    if same >= _LEAST_RUN and same * (lively >> 8) >= _CERTAIN:
        faulty = 1

    if set_nl_h >= _FAST_NL_H:
        c[_NOISE] = 0
    else:
        noise = c[_NOISE]
        noise += ((bend << 8) - noise) >> 6
        c[_NOISE] = noise
        room = _NOISY + set_nl_h // 188 + c[_STEP_PL] // _STEP_SHARE * 256
        if was_faulty:
            room >>= 1
        if noise > room:
            faulty = 1

    off = 0
    room = c[_ZERO_ROOM_NL_H] + ((c[_NOISE] >> 8) * c[_COUNT_NL_H] >> 2)
    c[_ROOM_NL_H] = room
    if same != 0:
        half = set_nl_h >> 1  # halves: the difference may be twice as big as either
        room = half // 5 * 2 + (room >> 1)
        flow = c[_RAW_NL_H]
        if flow >> 31 == 1:
            flow = flow << 32 >> 32
        flow = (flow >> 1) - half
        if flow > room or flow < 0 - room:
            off = c[_OFF_RUN]
            if off < _OFF_READS:
                off += 1
    c[_OFF_RUN] = off
    if off >= _OFF_READS:
        faulty = 1
    return faulty
