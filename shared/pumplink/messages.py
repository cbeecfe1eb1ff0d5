"""The one table of messages. Packing, checking, ``docs/protocol.md`` and the schema hash all come from it.

Boards carry what ``python -m pumplink.generate`` makes of it, ``layouts.py``.

A message is ``(number, name, kind, fields)``; a field is ``(name, format, unit, minimum, maximum)`` with a
``struct`` format character (little-endian, no padding) or ``"<n>s"`` for a fixed run of bytes. Units are
nL, nL/h, pL, Pa, us, s, mC (thousandths of a degree Celsius), mdeg, or a word that says what is counted.
A telemetry batch and a summary end in a list (``LISTS``) of as many records as the payload has room for.

Numbers below 0x80 travel from host to board, from 0x80 on from board to host. The answer to request ``n`` is
``n | 0x80``. ``hello``, ``status``, ``stop``, ``port_release`` and their answers are frozen: numbers and
layouts never change, so that any host can look at any board, stop it, and give it other firmware.
"""

from pumplink.numbers import (
    ALARM_ACK,
    ALARM_LIST,
    ANSWER_BIT,
    BOLUS,
    BYE,
    CALIBRATION_GET,
    CALIBRATION_POINTS,
    CALIBRATION_SET,
    EVENT,
    EVENTS_ACK,
    EVENTS_FETCH,
    HELLO,
    I32,
    I64,
    LEASE,
    LIMITS,
    LINK_HEALTH,
    MAX_FLOW_NL_H,
    MAX_RESERVOIRS,
    MAX_SEGMENTS,
    MOVE,
    PAUSE,
    PORT_RELEASE,
    PROGRAM_BEGIN,
    PROGRAM_COMMIT,
    PROGRAM_GET,
    PROGRAM_GET_SEGMENT,
    PROGRAM_SEGMENT,
    PROGRAM_STAGE,
    REFILL,
    REFUSED,
    RESERVOIR_GET,
    RESERVOIR_SET,
    SELFTEST,
    SMALL,
    START,
    STATUS,
    STOP,
    SUMMARY,
    SUMMARY_FETCH,
    TELEMETRY,
    TELEMETRY_FETCH,
    TELEMETRY_SET,
    TIME_SYNC,
    TUBE_FIT,
    U32,
    U64,
)

Fields = tuple[tuple[str, str, str, int, int], ...]

FROZEN = "frozen"  # layout fixed for ever
QUERY = "query"  # changes nothing; anyone may ask
COMMAND = "command"  # changes something; carried out at most once, and only for the session that commands
ANSWER = "answer"
STREAM = "stream"  # sent by the board of itself

# What every request but the frozen ones starts with: the token that the answer to hello gave, and the host's
# own number for this request, one higher than the last (a repeat keeps its number).
_REQUEST: Fields = (
    ("session", "I", "token", 0, U32),
    ("request", "I", "id", 1, U32),
)
_ANSWER: Fields = (("request", "I", "id", 0, U32),)

_PROGRAM: Fields = (
    ("name", "24s", "utf-8", 0, 0),
    ("mode", "B", "mode", 0, 1),
    ("on_link_lost", "B", "link-lost", 0, 1),
    ("keep_open_nl_h", "i", "nL/h", 0, MAX_FLOW_NL_H),
    ("repeat", "H", "times", 1, 10_000),
    ("segments", "B", "count", 1, MAX_SEGMENTS),
)
_SEGMENT: Fields = (
    ("index", "B", "index", 0, MAX_SEGMENTS - 1),
    ("kind", "B", "segment", 0, 4),
    ("reservoir", "B", "index", 0, MAX_RESERVOIRS - 1),
    ("rate_nl_h", "i", "nL/h", 0, MAX_FLOW_NL_H),
    ("to_rate_nl_h", "i", "nL/h", 0, MAX_FLOW_NL_H),
    ("volume_nl", "I", "nL, 0 when ended by time", 0, SMALL),
    ("duration_s", "I", "s, 0 when ended by volume", 0, SMALL),
)
_RESERVOIR: Fields = (
    ("index", "B", "index", 0, MAX_RESERVOIRS - 1),
    ("capacity_nl", "I", "nL", 0, SMALL),
    ("contents_nl", "I", "nL", 0, SMALL),
    ("low_at_nl", "I", "nL", 0, SMALL),
    ("empty_at_nl", "I", "nL", 0, SMALL),
    ("concentration_ng_ml", "I", "ng/mL", 0, U32),
    ("drug", "24s", "utf-8", 0, 0),
)
_CALIBRATION: Fields = (
    ("tube_set", "I", "number, 0 when none", 0, SMALL),
    ("made_at_s", "Q", "s since 1970", 0, U64),
    ("expires_at_s", "Q", "s since 1970, 0 when never", 0, U64),
    ("sensor_gain_ppm", "i", "ppm", 200_000, 5_000_000),
    ("sensor_zero_nl_h", "i", "nL/h", -SMALL, SMALL),
    ("points", "B", "count", 1, CALIBRATION_POINTS),
    ("speed_mdeg_s", "8I", "mdeg/s, rising", 0, SMALL),
    ("stroke_pl", "8I", "pL a revolution", 0, SMALL),
    ("slip_ppm_kpa", "H", "ppm of the stroke lost a kPa of pressure", 0, 0xFFFF),
    ("warming_ppm_c", "h", "ppm of the stroke won a degree above 20 C", -0x7FFF, 0x7FFF),
    ("lag_ms", "H", "ms from the head to the flow sensor's reading: the line's and the sensor's", 0, 0xFFFF),
    ("map_valid", "B", "0 or 1", 0, 1),
    (
        "map_ppm",
        "180h",
        "flow at this angle, 1000 when it is the mean; value i is for 2 i degrees, straight lines between",
        -1000,
        10_000,
    ),
)
RECORD: Fields = (
    ("time_us", "I", "us, low word", 0, U32),
    ("commanded_nl", "I", "nL, low word", 0, U32),
    ("counted_nl", "I", "nL, low word", 0, U32),
    ("measured_nl", "I", "nL, low word", 0, U32),
    ("steps", "I", "microsteps, low word", 0, U32),
    ("set_nl_h", "i", "nL/h", -I32, I32),
    ("flow_nl_h", "i", "nL/h, commanded to the motor", -I32, I32),
    ("measured_nl_h", "i", "nL/h, by the sensor", -I32, I32),
    ("rotor_mdeg", "I", "mdeg", 0, 359_999),
    ("pressure_pa", "i", "Pa", -I32, I32),
    ("remaining_nl", "I", "nL in the reservoir in use", 0, U32),
    ("alarms", "I", "bits by alarm code", 0, U32),
    ("temperature_mc", "i", "mC", -I32, I32),
    ("late_ticks", "H", "count, wraps", 0, 0xFFFF),
    ("state", "B", "state", 0, 9),
    ("flags", "B", "record-flags", 0, 255),
    ("segment", "B", "index", 0, 255),
    ("reservoir", "B", "index", 0, MAX_RESERVOIRS - 1),
)
# Low words only: the header gives the first record's in full (docs/protocol.md, "Telemetry and back-fill").
WIDE = ("time_us", "commanded_nl", "counted_nl", "measured_nl", "steps")
SUMMARY_RECORD: Fields = (
    ("number", "I", "number", 0, U32),
    ("boot", "H", "count, low word", 0, 0xFFFF),
    ("state", "B", "state", 0, 9),
    ("segment", "B", "index", 0, 255),
    ("time_s", "I", "s since boot", 0, U32),
    ("set_nl_h", "i", "nL/h, mean", -I32, I32),
    ("measured_nl_h", "i", "nL/h, mean", -I32, I32),
    ("counted_nl", "I", "nL, low word", 0, U32),
    ("pressure_max_pa", "i", "Pa", -I32, I32),
)

MESSAGES: tuple[tuple[int, str, str, Fields], ...] = (
    # --- frozen ---
    (HELLO, "hello", FROZEN, (
        ("protocol", "H", "version", 0, 0xFFFF),
        ("schema", "I", "hash", 0, U32),
        ("nonce", "I", "chosen by the host", 1, U32),
        ("role", "B", "role", 0, 2),
    )),
    (HELLO | ANSWER_BIT, "hello_answer", FROZEN, (
        ("nonce", "I", "repeated from hello", 0, U32),
        ("protocol", "H", "version", 0, 0xFFFF),
        ("schema", "I", "hash", 0, U32),
        ("session", "I", "token for requests", 0, U32),
        ("role", "B", "role that was given", 0, 1),
        ("firmware_major", "B", "version", 0, 255),
        ("firmware_minor", "B", "version", 0, 255),
        ("firmware_patch", "B", "version", 0, 255),
        ("firmware_hash", "8s", "bytes", 0, 0),
        ("board", "24s", "utf-8", 0, 0),
        ("unique_id", "16s", "bytes", 0, 0),
        ("capabilities", "I", "capabilities", 0, U32),
        ("boot_count", "I", "count", 0, U32),
        ("reset_cause", "B", "reset-cause", 0, 6),
        ("time_us", "Q", "us since boot", 0, U64),
        ("tick_hz", "H", "1/s", 1, 1000),
        ("telemetry_max_hz", "H", "1/s", 1, 1000),
    )),
    (STATUS, "status", FROZEN, ()),
    (STATUS | ANSWER_BIT, "status_answer", FROZEN, (
        ("state", "B", "state", 0, 255),
        ("priority", "B", "alarm-priority of the highest latched alarm", 0, 3),
        ("rate_nl_h", "i", "nL/h now", -I32, I32),
        ("delivered_nl", "Q", "nL in this run, counted by the motor", 0, U64),
        ("remaining_nl", "Q", "nL in the reservoir in use", 0, U64),
        ("time_us", "Q", "us since boot", 0, U64),
    )),
    (STOP, "stop", FROZEN, ()),
    (STOP | ANSWER_BIT, "stop_answer", FROZEN, (
        ("state", "B", "state", 0, 255),
        ("delivered_nl", "Q", "nL in this run, counted by the motor", 0, U64),
    )),
    (PORT_RELEASE, "port_release", FROZEN, ()),
    (PORT_RELEASE | ANSWER_BIT, "port_release_answer", FROZEN, (
        ("released", "B", "1: the board restarts to its REPL; 0: it goes on as it is", 0, 1),
        ("state", "B", "state", 0, 9),
    )),
    # --- the session ---
    (BYE, "bye", COMMAND, _REQUEST),
    (LIMITS, "limits", QUERY, _REQUEST),
    (LIMITS | ANSWER_BIT, "limits_answer", ANSWER, _ANSWER + (
        ("max_flow_nl_h", "i", "nL/h", 0, MAX_FLOW_NL_H),
        ("max_bolus_nl", "I", "nL", 0, SMALL),
        ("max_bolus_nl_h", "i", "nL/h", 0, MAX_FLOW_NL_H),
        ("max_hour_nl", "I", "nL in any hour", 0, SMALL),
        ("max_pressure_pa", "i", "Pa", 0, SMALL),
        ("max_move_nl", "I", "nL by a set-up move", 0, SMALL),
        ("reservoirs", "B", "count", 1, MAX_RESERVOIRS),
        ("segments", "B", "count", 1, MAX_SEGMENTS),
        ("steps_per_rev", "I", "microsteps", 1, SMALL),
        ("ring_records", "H", "telemetry records kept in memory", 0, 0xFFFF),
        ("event_capacity", "H", "events kept in flash", 0, 0xFFFF),
        ("summary_capacity", "H", "one-minute summaries kept in flash", 0, 0xFFFF),
    )),
    (TIME_SYNC, "time_sync", QUERY, _REQUEST + (("host_us", "Q", "us, the host's", 0, U64),)),
    (TIME_SYNC | ANSWER_BIT, "time_sync_answer", ANSWER, _ANSWER + (
        ("host_us", "Q", "us, repeated", 0, U64),
        ("time_us", "Q", "us since boot", 0, U64),
    )),
    (LEASE, "lease", COMMAND, _REQUEST + (("duration_s", "I", "s", 1, 86_400),)),
    (LINK_HEALTH, "link_health", QUERY, _REQUEST),
    (LINK_HEALTH | ANSWER_BIT, "link_health_answer", ANSWER, _ANSWER + (
        ("frames", "I", "whole frames received", 0, U32),
        ("bad_frames", "I", "frames thrown away", 0, U32),
        ("repeated_requests", "I", "answered again, not carried out again", 0, U32),
        ("dropped_records", "I", "telemetry records that the port could not take", 0, U32),
        ("late_ticks", "I", "count", 0, U32),
        ("longest_tick_us", "I", "us", 0, U32),
    )),
    (SELFTEST, "selftest", QUERY, _REQUEST),
    (SELFTEST | ANSWER_BIT, "selftest_answer", ANSWER, _ANSWER + (
        ("passed", "B", "selftest-parts", 0, 63),
        ("failed", "B", "selftest-parts; a part that neither passed nor failed is not fitted", 0, 63),
        ("memory_free", "I", "bytes of heap, after start", 0, U32),
        ("flash_size", "I", "bytes kept for data", 0, U32),
        ("motor_steps", "I", "microsteps counted while the motor was off", 0, U32),
        ("took_us", "I", "us by the board's clock", 0, U32),
        ("set_up_hash", "8s", "first of the SHA-256 of what the board starts by", 0, 0),
    )),
    # --- reservoirs ---
    (RESERVOIR_SET, "reservoir_set", COMMAND, _REQUEST + _RESERVOIR),
    (RESERVOIR_GET, "reservoir_get", QUERY, _REQUEST + (("index", "B", "index", 0, MAX_RESERVOIRS - 1),)),
    (RESERVOIR_GET | ANSWER_BIT, "reservoir_get_answer", ANSWER, _ANSWER + _RESERVOIR + (
        ("refills", "H", "count", 0, 0xFFFF),
        ("last_residual_nl", "I", "nL measured at the last refill", 0, SMALL),
        ("expected_residual_nl", "I", "nL expected at the last refill", 0, SMALL),
    )),
    (REFILL, "refill", COMMAND, _REQUEST + (
        ("index", "B", "index", 0, MAX_RESERVOIRS - 1),
        ("residual_nl", "I", "nL that came back", 0, SMALL),
        ("contents_nl", "I", "nL that went in", 0, SMALL),
    )),
    # --- programs ---
    (PROGRAM_BEGIN, "program_begin", COMMAND, _REQUEST + _PROGRAM),
    (PROGRAM_SEGMENT, "program_segment", COMMAND, _REQUEST + _SEGMENT),
    (PROGRAM_STAGE, "program_stage", COMMAND, _REQUEST),
    (PROGRAM_STAGE | ANSWER_BIT, "program_stage_answer", ANSWER, _ANSWER + (
        ("digest", "8s", "bytes", 0, 0),
        ("volume_nl", "Q", "nL, all repeats", 0, U64),
        ("duration_s", "Q", "s, all repeats", 0, U64),
        ("peak_nl_h", "i", "nL/h", 0, MAX_FLOW_NL_H),
    )),
    (PROGRAM_GET, "program_get", QUERY, _REQUEST + (("slot", "B", "slot", 0, 1),)),
    (PROGRAM_GET | ANSWER_BIT, "program_get_answer", ANSWER, _ANSWER + (
        ("digest", "8s", "bytes", 0, 0),
    ) + _PROGRAM),
    (PROGRAM_GET_SEGMENT, "program_get_segment", QUERY, _REQUEST + (
        ("slot", "B", "slot", 0, 1),
        ("index", "B", "index", 0, MAX_SEGMENTS - 1),
    )),
    (PROGRAM_GET_SEGMENT | ANSWER_BIT, "program_get_segment_answer", ANSWER, _ANSWER + _SEGMENT),
    (PROGRAM_COMMIT, "program_commit", COMMAND, _REQUEST + (("digest", "8s", "bytes", 0, 0),)),
    # --- running ---
    (START, "start", COMMAND, _REQUEST + (
        ("digest", "8s", "bytes of the committed program", 0, 0),
        ("resume", "B", "1 goes on where a pause or a reset left off, 0 begins anew", 0, 1),
        ("lease_s", "I", "s, for an attended program", 0, 86_400),
    )),
    (PAUSE, "pause", COMMAND, _REQUEST),
    (BOLUS, "bolus", COMMAND, _REQUEST + (
        ("reservoir", "B", "index", 0, MAX_RESERVOIRS - 1),
        ("volume_nl", "I", "nL", 1, SMALL),
        ("rate_nl_h", "i", "nL/h", 1, MAX_FLOW_NL_H),
    )),
    (MOVE, "move", COMMAND, _REQUEST + (
        ("kind", "B", "move", 0, 2),
        ("reservoir", "B", "index", 0, MAX_RESERVOIRS - 1),
        ("volume_nl", "I", "nL", 1, SMALL),
        ("rate_nl_h", "i", "nL/h", 1, MAX_FLOW_NL_H),
    )),
    # --- alarms ---
    (ALARM_LIST, "alarm_list", QUERY, _REQUEST),
    (ALARM_LIST | ANSWER_BIT, "alarm_list_answer", ANSWER, _ANSWER + (
        ("latched", "I", "bits by alarm code", 0, U32),
        ("present", "I", "bits by alarm code: the cause is still there", 0, U32),
    )),
    (ALARM_ACK, "alarm_ack", COMMAND, _REQUEST + (("code", "B", "alarm", 0, 31),)),
    # --- telemetry, summaries, events ---
    (TELEMETRY_SET, "telemetry_set", COMMAND, _REQUEST + (
        ("rate_hz", "H", "1/s, 0 stops the stream", 0, 1000),
    )),
    (TELEMETRY_FETCH, "telemetry_fetch", QUERY, _REQUEST + (
        ("first", "Q", "counter", 0, U64),
        ("count", "H", "records", 1, 0xFFFF),
    )),
    (TELEMETRY_FETCH | ANSWER_BIT, "telemetry_fetch_answer", ANSWER, _ANSWER + (
        ("first", "Q", "counter of the first record that will follow", 0, U64),
        ("count", "H", "records that will follow", 0, 0xFFFF),
        ("oldest", "Q", "counter of the oldest record kept", 0, U64),
        ("next", "Q", "counter of the next record to be made", 0, U64),
    )),
    (SUMMARY_FETCH, "summary_fetch", QUERY, _REQUEST + (
        ("first", "I", "number", 0, U32),
        ("count", "H", "summaries", 1, 0xFFFF),
    )),
    (SUMMARY_FETCH | ANSWER_BIT, "summary_fetch_answer", ANSWER, _ANSWER + (
        ("first", "I", "number of the first that will follow", 0, U32),
        ("count", "H", "summaries that will follow", 0, 0xFFFF),
        ("oldest", "I", "number", 0, U32),
        ("next", "I", "number", 0, U32),
    )),
    (EVENTS_FETCH, "events_fetch", QUERY, _REQUEST + (("first", "I", "number", 0, U32),)),
    (EVENTS_FETCH | ANSWER_BIT, "events_fetch_answer", ANSWER, _ANSWER + (
        ("count", "H", "events that will follow", 0, 0xFFFF),
        ("oldest", "I", "number", 0, U32),
        ("next", "I", "number", 0, U32),
    )),
    (EVENTS_ACK, "events_ack", COMMAND, _REQUEST + (
        ("up_to", "I", "number of the last event that the host has stored", 0, U32),
    )),
    # --- calibration and tube set ---
    (CALIBRATION_SET, "calibration_set", COMMAND, _REQUEST + _CALIBRATION),
    (CALIBRATION_GET, "calibration_get", QUERY, _REQUEST),
    (CALIBRATION_GET | ANSWER_BIT, "calibration_get_answer", ANSWER, _ANSWER + _CALIBRATION),
    (TUBE_FIT, "tube_fit", COMMAND, _REQUEST + (("tube_set", "I", "number", 1, SMALL),)),
    # --- what the board sends of itself ---
    (REFUSED, "refused", ANSWER, _ANSWER + (
        ("number", "B", "message number of the request", 0, 255),
        ("code", "B", "refusal", 0, 255),
        ("field", "B", "index of the field counted after session and request, 255 when none", 0, 255),
        ("value", "q", "what was asked, cut to the range", -I64, I64),
        ("minimum", "q", "what is allowed, cut to the range", -I64, I64),
        ("maximum", "q", "what is allowed, cut to the range", -I64, I64),
    )),
    (TELEMETRY, "telemetry", STREAM, (
        ("boot", "I", "boot count", 0, U32),
        ("run", "I", "run number, 0 when none", 0, U32),
        ("flags", "B", "batch-flags", 0, 255),
        ("rate_hz", "H", "1/s", 0, 1000),
        ("counter", "Q", "of the first record", 0, U64),
        ("time_us", "Q", "us since boot, of the first record", 0, U64),
        ("commanded_nl", "Q", "nL, of the first record", 0, U64),
        ("counted_nl", "Q", "nL, of the first record", 0, U64),
        ("measured_nl", "q", "nL, of the first record", -I64, I64),
        ("steps", "Q", "microsteps, of the first record", 0, U64),
    )),
    (EVENT, "event", STREAM, (
        ("number", "I", "number", 0, U32),
        ("boot", "I", "boot count", 0, U32),
        ("run", "I", "run number, 0 when none", 0, U32),
        ("time_us", "Q", "us since boot", 0, U64),
        ("code", "B", "event", 0, 255),
        ("priority", "B", "alarm-priority", 0, 3),
        ("a", "i", "by code", -I32, I32),
        ("b", "i", "by code", -I32, I32),
    )),
    (SUMMARY, "summary", STREAM, ()),
)  # fmt: skip
# (number, name, fields of one record): what follows the fields of the message, to the end of the payload.
LISTS: tuple[tuple[int, str, Fields], ...] = (
    (TELEMETRY, "record", RECORD),
    (SUMMARY, "summary_record", SUMMARY_RECORD),
)
# Commands that have no answer of their own in the table are answered with the request's id alone.
PLAIN_ANSWER = _ANSWER
