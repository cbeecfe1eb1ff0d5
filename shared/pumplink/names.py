"""The words for the numbers of ``states.py`` and ``alarms.py``, in their order. Boards do not carry it."""

# (name, what the pump does then)
STATES = (
    ("stopped", "stands; no run is held"),
    ("running", "delivers the committed program"),
    ("paused", "stands; the program is held by request"),
    ("keep-open", "goes on with the program, held to its keep-open flow by an alarm or a lapsed lease"),
    ("bolus", "delivers a bolus, on top of the program that runs or alone"),
    ("moving", "makes a set-up move, which no run counts"),
    ("finished", "stands; program or bolus came to its end"),
    ("interrupted", "stands; a reset came in a run, which is held until someone decides"),
    ("alarm-stop", "stands; an alarm stopped it, and the program is held if there was one"),
    ("relieving", "runs back what an occlusion has stored in the line, bounded; then alarm-stop"),
)
STATE_NAMES = tuple(state[0] for state in STATES)
SEGMENT_NAMES = ("constant", "ramp", "bolus", "pause", "keep-open")
MODE_NAMES = ("autonomous", "attended")
LINK_LOST_NAMES = ("keep-open", "stop")
SLOT_NAMES = ("staged", "committed")
MOVE_NAMES = ("prime", "purge", "jog")
ROLE_NAMES = ("observe", "command", "take-over")
RESET_CAUSE_NAMES = ("unknown", "power-on", "hard", "watchdog", "deep-sleep", "soft", "brown-out")
PRIORITY_NAMES = ("none", "low", "medium", "high")
ACTION_NAMES = ("warn", "keep-open", "stop")
STOP_REASON_NAMES = ("host", "alarm", "link-lost", "stop-input")

# One bit each, from bit 0.
CAPABILITY_NAMES = (
    "flow-sensor",
    "pressure-sensor",
    "home-mark",
    "selector-valve",
    "stop-input",
    "second-port",
    "simulated",
    "shares-repl-port",
)
RECORD_FLAG_NAMES = (
    "sensor-valid",
    "air",
    "high-flow",
    "correction-limited",
    "pressure-valid",
    "homed",
    "calibrated",
    "late-tick",
)
# What the power-on self-test looks at, one bit each, from bit 0.
SELFTEST_NAMES = ("memory", "flash", "sensor", "motor", "valve", "clock")
BATCH_FLAG_NAMES = ("backfill",)

# (name, what a says, what b says)
EVENTS = (
    ("none", "", ""),
    ("boot", "reset cause", "boot count"),
    ("run-started", "run number", "digest's first 4 bytes, big-endian, halved; 0 for a bolus alone"),
    ("run-paused", "", ""),
    ("run-resumed", "", ""),
    ("run-stopped", "stop reason", "delivered in uL"),
    ("run-finished", "run number", "delivered in uL"),
    ("segment", "index of the segment that begins", "repeat, from 0"),
    ("bolus-started", "volume in nL", "rate in nL/h"),
    ("bolus-ended", "delivered in nL", "1 when whole, 0 when cut short"),
    ("move-started", "kind of move", "volume in nL"),
    ("move-ended", "kind of move", "moved in nL"),
    ("alarm-raised", "alarm code", "the value that raised it"),
    ("alarm-cleared", "alarm code; the cause is gone, the alarm stays latched until acknowledged", ""),
    ("alarm-acknowledged", "alarm code", ""),
    ("refill", "reservoir", "residual in nL"),
    ("reservoir-set", "reservoir", "contents in nL"),
    ("program-committed", "number of segments", "digest's first 4 bytes, big-endian, halved"),
    ("calibration-set", "tube set", "stroke volume in nL a revolution"),
    ("tube-fitted", "tube set", ""),
    ("link-lost", "", ""),
    ("link-back", "", ""),
    ("session", "role", "how many sessions since boot"),
    ("events-lost", "how many low-priority events gave way to newer ones", ""),
    ("relief", "volume run back in nL", "compliance of the line in nL/kPa, as the occlusion showed it"),
    ("interrupted", "run number", "delivered in uL, as journalled"),
    ("tube-learned", "ppm that the tube gives more than was written", "slip in ppm a kPa"),
    ("map-learned", "ripple that was left, in ppm of the flow", "revolutions that it was learned from"),
    ("map-found", "mdeg that the map was turned by", "ppm of the ripple that it explains"),
)
EVENT_NAMES = tuple(event[0] for event in EVENTS)

# (name, why a request was not carried out)
REFUSALS = (
    ("none", ""),
    ("unknown", "there is no such request"),
    ("layout", "the payload has the wrong length"),
    ("range", "a field is outside its range: field, value, minimum and maximum say which and why"),
    ("state", "not in this state: value is the state"),
    ("session", "the session does not command: say hello first, or take over"),
    ("stale", "the id may have been forgotten, or it had other bytes before"),
    ("schema", "the host's schema is another one: it may look, not command"),
    ("digest", "the digest is not that of the staged (commit) or committed (start) program"),
    ("incomplete", "segments are missing: field is the first missing index"),
    ("limit", "a hard limit of the board: value is what was asked, maximum what is allowed"),
    ("volume", "more than the reservoir holds: value is what was asked, maximum what is there"),
    ("alarm", "an alarm that is latched or present forbids it: value is its code"),
    ("nothing", "there is none: no program, segment, held run, reservoir, latched alarm or REPL"),
    ("busy", "the board could not store it; ask again under a new id"),
)
REFUSAL_NAMES = tuple(refusal[0] for refusal in REFUSALS)
