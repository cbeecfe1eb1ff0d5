"""The numbers of alarms, priorities and actions. Which alarm has which is in ``alarm_table.py``, and for a
board as bytes in ``layouts.py``.
"""

NO_PRIORITY = 0
LOW = 1
MEDIUM = 2
HIGH = 3

WARN = 0  # go on
TO_KEEP_OPEN = 1  # go on at the keep-open rate
STOP = 2  # stop at once

OCCLUSION = 0
AIR = 1
RESERVOIR_LOW = 2
RESERVOIR_EMPTY = 3
OVER_INFUSION = 4
UNDER_INFUSION = 5
STALL = 6
SENSOR_FAULT = 7
LINK_LOST = 8
CLOCK_FAULT = 9
MEMORY_FAULT = 10
RESET_IN_RUN = 11
HOUR_LIMIT = 12
LEDGER_DISAGREES = 13
STOP_INPUT = 14
PRESSURE_SENSOR_FAULT = 15
FREE_FLOW = 16
LATE_TICKS = 17
LEAK = 18
HOME_MOVED = 19
MAP_MISFIT = 20
STEPS_MISSING = 21
