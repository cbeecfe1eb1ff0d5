"""The one table of alarms: code, priority, what the pump does about it by itself, and when it is raised.

Priorities and actions follow the Open PCA pump requirements 1.0.0, table 4, and IEC 60601-1-8 (high, medium,
low); thresholds scale with the set rate, because the tolerances of bedside pumps (1 mL/h) are many times the
whole flow of a hepatic-artery infusion.
"""

NO_PRIORITY = 0
LOW = 1
MEDIUM = 2
HIGH = 3
PRIORITY_NAMES = ("none", "low", "medium", "high")

WARN = 0  # go on
TO_KEEP_OPEN = 1  # go on at the keep-open rate
STOP = 2  # stop at once
ACTION_NAMES = ("warn", "keep-open", "stop")

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

# (code, name, priority, action, when it is raised, what to do), in the order of the codes
ALARMS = (
    (OCCLUSION, "occlusion", HIGH, STOP, "pressure above the limit", "open the line, then acknowledge and start"),
    (AIR, "air-in-line", HIGH, STOP, "the flow sensor sees air", "purge the line, then acknowledge"),
    (RESERVOIR_LOW, "reservoir-low", LOW, WARN, "remaining volume at the reservoir's low mark", "prepare a refill"),
    (RESERVOIR_EMPTY, "reservoir-empty", HIGH, STOP, "remaining volume at the reservoir's empty mark", "refill"),
    (OVER_INFUSION, "over-infusion", HIGH, TO_KEEP_OPEN, "measured volume above counted by more than the tolerance", "stop and check tube set and calibration"),
    (UNDER_INFUSION, "under-infusion", LOW, WARN, "measured volume below counted by more than the tolerance", "check the line and the tube set"),
    (STALL, "motor-stall", HIGH, STOP, "the home mark did not come when the count says it should", "check motor and head"),
    (SENSOR_FAULT, "sensor-fault", MEDIUM, WARN, "the flow sensor does not answer, answers wrongly or is stuck", "check the sensor's cable"),
    (LINK_LOST, "link-lost", MEDIUM, WARN, "the lease of an attended run lapsed", "reconnect"),
    (CLOCK_FAULT, "clock-fault", HIGH, STOP, "the clock jumped", "restart the board"),
    (MEMORY_FAULT, "memory-fault", HIGH, STOP, "the journal cannot be read or written", "restart the board, then replace it"),
    (RESET_IN_RUN, "reset-in-run", HIGH, STOP, "the board was reset while it delivered", "decide: start --resume, or stop"),
    (HOUR_LIMIT, "hour-limit", HIGH, TO_KEEP_OPEN, "the volume of any hour reached the board's limit", "check the program"),
    (LEDGER_DISAGREES, "ledger-disagrees", MEDIUM, WARN, "counted and measured volume disagree over a long time", "calibrate"),
    (STOP_INPUT, "stop-input", HIGH, STOP, "the stop input is pulled", "release it, then acknowledge"),
    (PRESSURE_SENSOR_FAULT, "pressure-sensor-fault", MEDIUM, WARN, "the pressure reading is outside the sensor's range", "check the sensor's cable"),
    (FREE_FLOW, "free-flow", HIGH, STOP, "flow measured while the head stands", "close the clamp"),
    (LATE_TICKS, "late-ticks", MEDIUM, WARN, "the control loop ran late again and again", "report it"),
)  # fmt: skip
