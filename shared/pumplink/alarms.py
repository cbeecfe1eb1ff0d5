"""The one table of alarms: code, priority, what the pump does about it by itself, and when it is raised.

Priorities and actions follow the Open PCA pump requirements 1.0.0, table 4, and IEC 60601-1-8 (high, medium,
low); thresholds scale with the set rate, because the tolerances of bedside pumps (1 mL/h) are many times the
whole flow of a hepatic-artery infusion.
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

# (code, name, priority, action), in the order of the codes; when, what to do and how: docs/alarms.md
ALARMS = (
    (OCCLUSION, "occlusion", HIGH, STOP),
    (AIR, "air-in-line", HIGH, STOP),
    (RESERVOIR_LOW, "reservoir-low", LOW, WARN),
    (RESERVOIR_EMPTY, "reservoir-empty", HIGH, STOP),
    (OVER_INFUSION, "over-infusion", HIGH, TO_KEEP_OPEN),
    (UNDER_INFUSION, "under-infusion", LOW, WARN),
    (STALL, "motor-stall", HIGH, STOP),
    (SENSOR_FAULT, "sensor-fault", MEDIUM, WARN),
    (LINK_LOST, "link-lost", MEDIUM, WARN),
    (CLOCK_FAULT, "clock-fault", HIGH, STOP),
    (MEMORY_FAULT, "memory-fault", HIGH, STOP),
    (RESET_IN_RUN, "reset-in-run", HIGH, STOP),
    (HOUR_LIMIT, "hour-limit", HIGH, TO_KEEP_OPEN),
    (LEDGER_DISAGREES, "ledger-disagrees", MEDIUM, WARN),
    (STOP_INPUT, "stop-input", HIGH, STOP),
    (PRESSURE_SENSOR_FAULT, "pressure-sensor-fault", MEDIUM, WARN),
    (FREE_FLOW, "free-flow", HIGH, STOP),
    (LATE_TICKS, "late-ticks", MEDIUM, WARN),
    (LEAK, "leak", MEDIUM, WARN),
    (HOME_MOVED, "home-moved", MEDIUM, WARN),
    (MAP_MISFIT, "map-misfit", LOW, WARN),
)
