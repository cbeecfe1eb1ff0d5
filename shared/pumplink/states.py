"""The numbered names that travel on the wire: states, segment kinds, events, refusals.

Every name here is a plain integer so that a board can keep it in a byte. The tuples give the words in the
order of the numbers; the host and ``docs/protocol.md`` take them from here.
"""

# --- what the pump is doing ---
STOPPED = 0  # nothing turns; boot always ends here
RUNNING = 1  # a committed program is being delivered
PAUSED = 2  # a program is held by request
KEEP_OPEN = 3  # the keep-open rate, because an alarm or a lost link said so
BOLUS = 4  # a bolus on top of a program, or alone
MOVING = 5  # prime, purge or jog
FINISHED = 6  # the program came to its end
INTERRUPTED = 7  # a reset came in mid-run; stands still until someone decides
ALARM_STOP = 8  # an alarm stopped the pump
RELIEVING = 9  # running back after an occlusion, bounded
STATE_NAMES = (
    "stopped", "running", "paused", "keep-open", "bolus", "moving", "finished", "interrupted", "alarm-stop", "relieving",
)  # fmt: skip

# --- a program ---
CONSTANT = 0
RAMP = 1
SEGMENT_BOLUS = 2
PAUSE = 3
SEGMENT_KEEP_OPEN = 4
SEGMENT_NAMES = ("constant", "ramp", "bolus", "pause", "keep-open")

AUTONOMOUS = 0  # delivers whoever is listening
ATTENDED = 1  # the host renews a lease
MODE_NAMES = ("autonomous", "attended")

LINK_LOST_KEEP_OPEN = 0
LINK_LOST_STOP = 1
LINK_LOST_NAMES = ("keep-open", "stop")

STAGED = 0
COMMITTED = 1
SLOT_NAMES = ("staged", "committed")

# --- set-up moves ---
PRIME = 0
PURGE = 1
JOG = 2
MOVE_NAMES = ("prime", "purge", "jog")

# --- sessions ---
OBSERVE = 0
COMMAND = 1
TAKE_OVER = 2
ROLE_NAMES = ("observe", "command", "take-over")

# --- why the board last reset ---
RESET_CAUSE_NAMES = ("unknown", "power-on", "hard", "watchdog", "deep-sleep", "soft", "brown-out")

# --- capabilities, one bit each ---
CAPABILITY_NAMES = (
    "flow-sensor", "pressure-sensor", "home-mark", "selector-valve", "stop-input", "second-port", "simulated", "shares-repl-port",
)  # fmt: skip

# --- telemetry flags, one bit each (field ``flags`` of a record) ---
FLAG_SENSOR_VALID = 1
FLAG_SENSOR_AIR = 2
FLAG_SENSOR_HIGH = 4
FLAG_CORRECTION_LIMITED = 8
FLAG_PRESSURE_VALID = 16
FLAG_HOMED = 32
FLAG_CALIBRATED = 64
FLAG_LATE_TICK = 128
RECORD_FLAG_NAMES = (
    "sensor-valid", "air", "high-flow", "correction-limited", "pressure-valid", "homed", "calibrated", "late-tick",
)  # fmt: skip

# --- flags of a batch ---
BATCH_BACKFILL = 1  # asked for with telemetry_fetch, not live
BATCH_FLAG_NAMES = ("backfill",)

# --- events: what happened, once and for all ---
EVENT_BOOT = 1  # a: reset cause, b: boot count
EVENT_RUN_STARTED = 2  # a: run number, b: first 31 bits of the program's digest
EVENT_RUN_PAUSED = 3
EVENT_RUN_RESUMED = 4
EVENT_RUN_STOPPED = 5  # a: reason (STOP_REASON), b: delivered in uL
EVENT_RUN_FINISHED = 6  # a: run number, b: delivered in uL
EVENT_SEGMENT = 7  # a: segment index, b: repeat
EVENT_BOLUS_STARTED = 8  # a: volume in nL, b: rate in nL/h
EVENT_BOLUS_ENDED = 9  # a: delivered in nL, b: 1 when whole
EVENT_MOVE_STARTED = 10  # a: kind, b: volume in nL
EVENT_MOVE_ENDED = 11  # a: kind, b: moved in nL
EVENT_ALARM_RAISED = 12  # a: alarm code, b: the value that raised it
EVENT_ALARM_CLEARED = 13  # a: alarm code (its cause is gone; it stays latched until acknowledged)
EVENT_ALARM_ACKNOWLEDGED = 14  # a: alarm code
EVENT_REFILL = 15  # a: reservoir, b: residual in nL
EVENT_RESERVOIR_SET = 16  # a: reservoir, b: contents in nL
EVENT_PROGRAM_COMMITTED = 17  # a: number of segments, b: first 31 bits of the digest
EVENT_CALIBRATION_SET = 18  # a: tube set, b: stroke volume in nL
EVENT_TUBE_FITTED = 19  # a: tube set
EVENT_LINK_LOST = 20
EVENT_LINK_BACK = 21
EVENT_SESSION = 22  # a: role, b: how many sessions since boot
EVENT_EVENTS_LOST = 23  # a: how many low-priority events gave way
EVENT_RELIEF = 24  # a: volume run back in nL
EVENT_INTERRUPTED = 25  # a: run number, b: delivered in uL as journalled
EVENT_NAMES = (
    "none", "boot", "run-started", "run-paused", "run-resumed", "run-stopped", "run-finished", "segment", "bolus-started",
    "bolus-ended", "move-started", "move-ended", "alarm-raised", "alarm-cleared", "alarm-acknowledged", "refill",
    "reservoir-set", "program-committed", "calibration-set", "tube-fitted", "link-lost", "link-back", "session",
    "events-lost", "relief", "interrupted",
)  # fmt: skip

STOPPED_BY_HOST = 0
STOPPED_BY_ALARM = 1
STOPPED_BY_LINK_LOSS = 2
STOPPED_BY_INPUT = 3
STOP_REASON_NAMES = ("host", "alarm", "link-lost", "stop-input")

# --- refusals: why a request was not carried out ---
REFUSED_UNKNOWN = 1  # no such request
REFUSED_LAYOUT = 2  # the payload has the wrong length
REFUSED_RANGE = 3  # a field is outside its range: field, value, minimum, maximum say which and why
REFUSED_STATE = 4  # not in this state: value is the state
REFUSED_SESSION = 5  # the session does not command: say hello first, or take over
REFUSED_STALE = 6  # an id older than the window of remembered requests
REFUSED_SCHEMA = 7  # the host's schema is another one: look, not command
REFUSED_DIGEST = 8  # the digest is not that of the staged (commit) or committed (start) program
REFUSED_INCOMPLETE = 9  # segments are missing: field is the first missing index
REFUSED_LIMIT = 10  # a hard limit of the board: value is what was asked, maximum what is allowed
REFUSED_VOLUME = 11  # more than the reservoir holds: value asked, maximum there
REFUSED_ALARM = 12  # a latched alarm forbids it: value is the alarm's code
REFUSED_NOTHING = 13  # nothing there: no program, no such record, no calibration
REFUSED_BUSY = 14  # cannot now, ask again
REFUSAL_NAMES = (
    "none", "unknown", "layout", "range", "state", "session", "stale", "schema", "digest", "incomplete", "limit", "volume",
    "alarm", "nothing", "busy",
)  # fmt: skip
NO_FIELD = 255
