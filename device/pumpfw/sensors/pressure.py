"""Line pressure: an analogue sensor on the converter, 0..65535 raw, straight line between the board's two
numbers. A reading at either end of the converter's range is no pressure: the sensor is cut off or shorted.
"""

from array import array

from pumpfw.config import Config


def scale(config: Config) -> "array[int]":
    """Return zero, span, shift, lowest: pressure = zero + (raw * span >> shift) Pa for raw from lowest on."""
    span = config.pressure_pa_full_scale - config.pressure_pa_at_zero
    shift = 0
    while abs(span >> shift) >= 0x4000:  # raw * span stays a small integer
        shift += 1
    # Where raw 0 is no pressure at all, a quiet line reads it rightly.
    lowest = 1 if config.pressure_pa_at_zero < 0 else 0
    return array("i", (config.pressure_pa_at_zero, span >> shift, 16 - shift, lowest))
