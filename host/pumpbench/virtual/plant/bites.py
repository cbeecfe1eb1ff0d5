"""The pulsation of a head: each roller that leaves the tube takes a bite out of the flow.

Over the rotor's angle the bite of a roller starts where the roller lifts off, is ``width`` degrees wide and
has the shape b(x) = x^2 (1 - x)^4 / b_max, x = 0..1: steep as the tube springs open, slow as it fills up.
The flow per angle is w = (1 - sum of depth * b) / (its mean): a revolution moves the stroke volume exactly.
"""

from array import array

CELLS = 360
_PEAK = 16.0 / 729.0  # of x^2 (1 - x)^4, at x = 1/3


def _area(x: float) -> float:
    """Return the integral of b from 0 to x, for x in 0..1."""
    return x * x * x * (1.0 / 3.0 + x * (-1.0 + x * (1.2 + x * (-2.0 / 3.0 + x / 7.0)))) / _PEAK


def volume_curve(depths: "list[float]", width_deg: float) -> "array[float]":
    """Return the share of the stroke volume that is out at each of CELLS + 1 equally spaced rotor angles.

    One bite a roller, equally spaced, the first from 0 degrees on. The curve goes from 0 to 1, and one value
    more for an interpolation that starts on the last one. Between the values it is linear.
    """
    curve = array("d", bytes(8 * (CELLS + 2)))
    cell = 360.0 / CELLS
    for i in range(CELLS + 1):
        curve[i] = i * cell
    for roller in range(len(depths)):
        lift_off = roller * 360.0 / len(depths)
        for turn in (0.0, 360.0):  # a bite may reach into the next revolution
            for i in range(CELLS + 1):
                x = (i * cell - lift_off + turn) / width_deg
                if x > 0.0:
                    curve[i] -= depths[roller] * width_deg * _area(x if x < 1.0 else 1.0)
    start = curve[0]
    whole = curve[CELLS] - start
    for i in range(CELLS + 1):
        curve[i] = (curve[i] - start) / whole
    curve[CELLS] = 1.0
    curve[CELLS + 1] = 1.0 + curve[1]
    return curve
