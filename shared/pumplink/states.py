"""The numbered names that travel on the wire: states, segment kinds, events, refusals.

Every name here is a plain integer so that a board can keep it in a byte. The words for people are in
``names.py``, which boards do not carry.
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

# --- a program ---
CONSTANT = 0
RAMP = 1
SEGMENT_BOLUS = 2
PAUSE = 3
SEGMENT_KEEP_OPEN = 4

AUTONOMOUS = 0  # delivers whoever is listening
ATTENDED = 1  # the host renews a lease

LINK_LOST_KEEP_OPEN = 0
LINK_LOST_STOP = 1

STAGED = 0
COMMITTED = 1

# --- set-up moves ---
PRIME = 0
PURGE = 1
JOG = 2

# --- sessions ---
OBSERVE = 0
COMMAND = 1
TAKE_OVER = 2

# --- telemetry flags, one bit each (field ``flags`` of a record) ---
FLAG_SENSOR_VALID = 1
FLAG_SENSOR_AIR = 2
FLAG_SENSOR_HIGH = 4
FLAG_CORRECTION_LIMITED = 8
FLAG_PRESSURE_VALID = 16
FLAG_HOMED = 32
FLAG_CALIBRATED = 64
FLAG_LATE_TICK = 128

# --- flags of a batch ---
BATCH_BACKFILL = 1  # asked for with telemetry_fetch, not live

# --- events: what happened, once and for all (names.py says what a and b are) ---
EVENT_BOOT = 1
EVENT_RUN_STARTED = 2
EVENT_RUN_PAUSED = 3
EVENT_RUN_RESUMED = 4
EVENT_RUN_STOPPED = 5
EVENT_RUN_FINISHED = 6
EVENT_SEGMENT = 7
EVENT_BOLUS_STARTED = 8
EVENT_BOLUS_ENDED = 9
EVENT_MOVE_STARTED = 10
EVENT_MOVE_ENDED = 11
EVENT_ALARM_RAISED = 12
EVENT_ALARM_CLEARED = 13
EVENT_ALARM_ACKNOWLEDGED = 14
EVENT_REFILL = 15
EVENT_RESERVOIR_SET = 16
EVENT_PROGRAM_COMMITTED = 17
EVENT_CALIBRATION_SET = 18
EVENT_TUBE_FITTED = 19
EVENT_LINK_LOST = 20
EVENT_LINK_BACK = 21
EVENT_SESSION = 22
EVENT_EVENTS_LOST = 23
EVENT_RELIEF = 24
EVENT_INTERRUPTED = 25
EVENT_TUBE_LEARNED = 26
EVENT_MAP_LEARNED = 27
EVENT_MAP_FOUND = 28

STOPPED_BY_HOST = 0
STOPPED_BY_ALARM = 1
STOPPED_BY_LINK_LOSS = 2
STOPPED_BY_INPUT = 3

# --- refusals: why a request was not carried out (names.py says when) ---
REFUSED_UNKNOWN = 1
REFUSED_LAYOUT = 2
REFUSED_RANGE = 3
REFUSED_STATE = 4
REFUSED_SESSION = 5
REFUSED_STALE = 6
REFUSED_SCHEMA = 7
REFUSED_DIGEST = 8
REFUSED_INCOMPLETE = 9
REFUSED_LIMIT = 10
REFUSED_VOLUME = 11
REFUSED_ALARM = 12
REFUSED_NOTHING = 13
REFUSED_BUSY = 14
NO_FIELD = 255
