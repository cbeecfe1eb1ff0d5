"""How each alarm is found, for ``docs/alarms.md``: the statistic, its threshold, and how long it takes.
Boards do not carry it; the numbers stand in ``device/pumpfw``, in the files named here."""

# (where, statistic, threshold, time to alarm), in the order of the codes
ALARM_DETAILS = (
    (
        "occlusion.py, causes.py",
        "rise of the pressure (filtered, 0.4 s) since flow was last seen for certain; the pressure itself",
        "rise >= limit x (flow that may pass) / (set flow), at least 3 kPa; 10 kPa where the sensor cannot "
        "tell; or two readings above the board's limit",
        "what the line needs for 3 kPa, or 10 kPa where the sensor cannot tell: t = C dP / Q",
    ),
    ("causes.py", "the sensor's air flag", "3 readings in a row", "0.15 s after the air is at the sensor"),
    ("causes.py", "contents by count", "at or below the low mark", "50 ms"),
    ("causes.py", "contents by count", "not a whole microstep above the empty mark", "50 ms, on the mark"),
    (
        "comparison.py",
        "measured less delivered volume of a window: at least 60 s and 2 revolutions, or an hour",
        "+20 % with a calibration, +40 % without, and 3 zero errors; twice in a row",
        "two windows: 2 minutes at 10 mL/h, 12 at 1 mL/h",
    ),
    (
        "comparison.py",
        "the same",
        "-20 % with a calibration, -40 % without, and 3 zero errors; twice in a row",
        "two windows",
    ),
    (
        "rotor_watch.py",
        "steps since the last home mark",
        "a revolution and the board's home window, unless the sensor sees the flow; or 15 degrees late twice",
        "a quarter of a revolution after the mark was due",
    ),
    (
        "sensor_health.py, comparison.py",
        "bad readings in a row and their share (6 s); readings that stay the same; mean second difference; "
        "measured volume of a window",
        "20 in a row or 60 % bad; a run with a chance below 10^-15 by the sensor's own noise, or four times "
        "as long as any in the revolution before, or 60 s of another flow than the set one; 8 uL/min of "
        "noise and what single microsteps make (below 12 mL/h); volume that runs backward, twice in a row",
        "dead 1 s; stuck 5 s and more; noisy 3 s; wrong sign two windows",
    ),
    ("lease.py", "seconds since the lease was renewed", "its length", "at once"),
    ("clock.py", "length of a tick", "10 s", "at once"),
    (
        "journal.py, position.py",
        "reads and writes that failed",
        "one at boot; 100 writes in a row",
        "seconds",
    ),
    ("position.py", "a run was open in the journal at boot", "any", "at boot"),
    ("causes.py", "counted volume of the last hour", "the board's limit less an hour at keep-open", "50 ms"),
    (
        "comparison.py",
        "measured less counted volume by the written calibration, over an hour",
        "15 % with a calibration, 40 % without, and 3 zero errors",
        "an hour",
    ),
    ("tick.py", "the stop input", "pulled", "one tick; the hardware has cut the driver by then"),
    ("causes.py", "pressure readings at an end of the converter's range", "20 in a row", "1 s"),
    (
        "watch.py",
        "flow over 30 s while the head stands, and over the 30 s before",
        "both above 3 zero errors, and not dying away: 7/8 of what it was, the pressure not falling",
        "90 s after the head has come to rest",
    ),
    ("watch.py", "late ticks, and ticks that did not come, in 10 s", "10 % of all ticks", "10 s"),
    (
        "comparison.py",
        "CUSUM of the share of the counted volume that the sensor sees, window by window, below the usual",
        "10 % beyond a slack of 4 % a window, at the same flow, temperature and pressure",
        "two windows and more: a leak of a tenth at 1 mL/h in 12 to 18 minutes",
    ),
    (
        "rotor_watch.py",
        "steps between two home marks less a revolution",
        "15 degrees early, or late once",
        "when the mark comes",
    ),
    (
        "map_learning.py",
        "ripple of the flow with the map against what it would be without, over twelve revolutions",
        "more than without it",
        "a round of twelve revolutions at a flow that the sensor sees",
    ),
    (
        "progress.py",
        "CUSUM, second by second while the head turns, of half the set volume less the volume by count",
        "half of what the set flow gives in 10 s, and two microsteps",
        "10 s and four microsteps at the set flow when none is made: 15 s at 0.05 mL/h, 10 s from 1 mL/h on; "
        "longer the more are made, never with half of them",
    ),
)
