"""The one table of alarms: code, name, priority, and what the pump does about it by itself. Boards do not
carry it: their ``layouts.py`` has priorities and actions as bytes.

Priorities and actions follow the Open PCA pump requirements 1.0.0, table 4, and IEC 60601-1-8 (high, medium,
low); thresholds scale with the set rate, because the tolerances of bedside pumps (1 mL/h) are many times the
whole flow of a hepatic-artery infusion.
"""

from pumplink.alarms import (
    AIR,
    CLOCK_FAULT,
    FREE_FLOW,
    HIGH,
    HOME_MOVED,
    HOUR_LIMIT,
    LATE_TICKS,
    LEAK,
    LEDGER_DISAGREES,
    LINK_LOST,
    LOW,
    MAP_MISFIT,
    MEDIUM,
    MEMORY_FAULT,
    OCCLUSION,
    OVER_INFUSION,
    PRESSURE_SENSOR_FAULT,
    RESERVOIR_EMPTY,
    RESERVOIR_LOW,
    RESET_IN_RUN,
    SENSOR_FAULT,
    STALL,
    STEPS_MISSING,
    STOP,
    STOP_INPUT,
    TO_KEEP_OPEN,
    UNDER_INFUSION,
    WARN,
)

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
    (STEPS_MISSING, "steps-missing", HIGH, STOP),
)
