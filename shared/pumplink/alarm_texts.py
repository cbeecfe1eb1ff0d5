"""What people read about an alarm: when it is raised and what to do. Boards do not carry it."""

# (when it is raised, what to do), in the order of the codes
ALARM_TEXTS = (
    (
        "the line takes up what the head delivers and lets nothing through, or the pressure is too high",
        "open the line, then acknowledge and start",
    ),
    ("the flow sensor sees air", "purge the line, then acknowledge"),
    ("remaining volume at the reservoir's low mark", "prepare a refill"),
    ("remaining volume at the reservoir's empty mark", "refill"),
    ("measured volume above counted by more than the tolerance", "stop and check tube set and calibration"),
    ("measured volume below counted by more than the tolerance", "check the line and the tube set"),
    ("the home mark did not come when the count says it should", "check motor and head"),
    (
        "the flow sensor does not answer, answers wrongly, is stuck, noisy or has the wrong sign",
        "check the sensor and its cable",
    ),
    ("the lease of an attended run lapsed", "reconnect"),
    ("the clock jumped", "restart the board"),
    ("the journal cannot be read or written", "restart the board, then replace it"),
    ("the board was reset while it delivered", "decide: start --resume, or stop"),
    ("the volume of any hour reached the board's limit", "check the program"),
    ("counted and measured volume disagree over a long time", "calibrate"),
    ("the stop input is pulled", "release it, then acknowledge"),
    ("the pressure reading is outside the sensor's range", "check the sensor's cable"),
    ("flow measured while the head stands", "close the clamp"),
    ("the control loop ran late again and again", "report it"),
    ("measured volume fell against counted, all at once", "look for a leak before the flow sensor"),
    ("the home mark came elsewhere than one revolution after the last", "check the mark, then calibrate"),
    ("the rotor map makes the flow more uneven than it is without", "calibrate this tube set"),
    (
        "the motor is to turn, and too few steps are made or none",
        "restart the board; if it comes again, replace it",
    ),
)
