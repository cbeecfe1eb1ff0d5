"""Relief after an occlusion: how far the head turns back, how fast, and when it has done so.

What the line has stored is its compliance times the rise of the pressure over the calm before. Its compliance
shows in the occlusion itself: volume that was delivered over the pressure that it made. So the relief is
bounded twice, by that volume (with a quarter for what the estimate may be short of, and the play of a drive
that turns round) and by the pressure before; what comes first ends it. A pressure that the head did not make
is not relieved.
"""

from pumpfw.fixed import muldiv
from pumpfw.readings import Readings
from pumplink.states import FLAG_PRESSURE_VALID

_NOISE = 1000 << 3  # 1/8 Pa, as in occlusion.py: the volume is counted from here on
_LEAST_RISE = 2 * _NOISE
_PLAY_SHIFT = 6  # the most play, of a revolution: 1/64
_FASTEST_NL_H = 30_000_000
_TIMES_AN_HOUR = 360  # a relief takes ten seconds, and longer where that would be too fast


def compliance_nl_per_kpa(readings: Readings) -> int:
    """Return the line's compliance as the rise of the pressure shows it; 0 where the head made no rise."""
    rise = readings.line - readings.open_line
    if rise < _LEAST_RISE:
        return 0
    return muldiv(readings.risen_nl, 1000 << 3, rise - _NOISE)


def begin_nl(readings: Readings) -> int:
    """Return how much may be run back, and set the pressure to go back to: a sixteenth of the rise above the
    calm, so that no noise decides."""
    rise = readings.line - readings.calm_line
    if rise <= 0:
        return 0
    readings.calm_line += rise >> 4
    stored_nl = muldiv(compliance_nl_per_kpa(readings), rise, 1000 << 3)
    if stored_nl == 0:
        return 0
    play_nl = (readings.step_pl // 1000 + 1) * (readings.steps_per_rev >> _PLAY_SHIFT)
    return stored_nl + (stored_nl >> 2) + play_nl


def rate_nl_h(volume_nl: int) -> int:
    """Return the flow at which to run back so much."""
    return _FASTEST_NL_H if volume_nl > _FASTEST_NL_H // _TIMES_AN_HOUR else volume_nl * _TIMES_AN_HOUR


def is_done(readings: Readings) -> bool:
    """Return whether the pressure is what it was before, or is not known any more."""
    return readings.line <= readings.calm_line or not readings.flags & FLAG_PRESSURE_VALID
