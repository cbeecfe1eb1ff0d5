"""One sentence for a refusal, from its numbers and the message table."""

from typing import Any

from pumpbench.client import payloads
from pumpbench.client.errors import Refusal
from pumpbench.units import RATE, VOLUME
from pumplink import states
from pumplink.alarm_table import ALARMS
from pumplink.names import REFUSAL_NAMES, STATE_NAMES
from pumplink.states import NO_FIELD

_SENTENCES = {
    states.REFUSED_UNKNOWN: "the board does not know this request",
    states.REFUSED_LAYOUT: "the request has the wrong length for the board",
    states.REFUSED_SESSION: "this session does not command the pump: another program does, or only a look "
    "was asked for; stop and status work for everybody",
    states.REFUSED_STALE: "the request's id is older than those that the board remembers",
    states.REFUSED_SCHEMA: "the firmware fits another version of this program; bring both to one version",
    states.REFUSED_DIGEST: "the digest is not that of the program on the board; stage and commit it again",
    states.REFUSED_NOTHING: "the board has none",
    states.REFUSED_BUSY: "the board cannot do it now; ask again",
}

# What somebody wanted, where the request's name in the protocol does not say it.
_WANTED = {
    "reservoir_get": "reading a reservoir",
    "reservoir_set": "setting a reservoir",
    "program_begin": "staging a program",
    "program_segment": "staging a program",
    "program_stage": "staging a program",
    "program_commit": "committing a program",
    "program_get": "reading the program",
    "program_get_segment": "reading the program",
    "move": "the set-up move",
    "alarm_ack": "acknowledging the alarm",
    "telemetry_set": "setting the telemetry rate",
    "calibration_set": "writing the calibration",
    "tube_fit": "fitting the tube set",
}

# After "the pump is", where a state's name does not read as what the pump does.
_IN_A_SENTENCE = {
    "keep-open": "at its keep-open rate",
    "bolus": "delivering a bolus",
    "alarm-stop": "stopped by an alarm",
    "relieving": "relieving an occlusion",
}

_TURNING = (states.RUNNING, states.KEEP_OPEN, states.BOLUS, states.MOVING, states.RELIEVING)
_HELD = (states.PAUSED, states.INTERRUPTED)

# What the board has none of, where it is not plain from the request.
_NOTHING = {
    "start": "there is no committed program on the board; stage and commit one first",
    "program_get": "there is no committed program on the board; stage and commit one first",
    "program_get_segment": "there is no committed program on the board; stage and commit one first",
    "program_stage": "there is no program on the board to stage; send it again",
    "program_commit": "there is no staged program on the board; stage it first",
    "program_segment": "there is no program on the board to add to; begin it again",
    "bolus": "this reservoir is not defined on the board; set it first",
    "refill": "this reservoir is not defined on the board; set it first",
    "alarm_ack": "this alarm is not raised",
}


def refusal(answer: dict[str, Any]) -> Refusal:
    """Build the exception for a `refused` answer."""
    number, code = answer["number"], answer["code"]
    name = payloads.NAMES.get(number, f"request {number}")
    field = payloads.field_at(number, answer["field"]) if answer["field"] != NO_FIELD else None
    value, minimum, maximum = answer["value"], answer["minimum"], answer["maximum"]
    reason = REFUSAL_NAMES[code] if code < len(REFUSAL_NAMES) else f"reason {code}"
    why = _why(name, code, field, answer["field"], value, minimum, maximum)
    return Refusal(
        f"{_WANTED.get(name, name)} refused: {why}",
        request=name,
        code=code,
        reason=reason,
        field=field[0] if field else None,
        value=value,
        minimum=minimum,
        maximum=maximum,
    )


def _why(
    name: str, code: int, field: tuple[str, str] | None, index: int, value: int, minimum: int, maximum: int
) -> str:
    what, unit = (field[0], f" ({field[1]})") if field else ("the value", "")
    if code == states.REFUSED_NOTHING and name in _NOTHING:
        return _NOTHING[name]
    if code == states.REFUSED_RANGE:
        return f"{what} is {value}, allowed is {minimum} to {maximum}{unit}"
    if code == states.REFUSED_LIMIT:
        limit = minimum if value < minimum else maximum
        return f"{what} is {value}, the board's limit is {limit}{unit}{_in_words(what, value, limit)}"
    if code == states.REFUSED_VOLUME and name == "start":
        return "the program draws from a reservoir that is not defined on the board; set it first"
    if code == states.REFUSED_VOLUME:
        return f"{VOLUME.format(value)} asked, the reservoir holds {VOLUME.format(maximum)}"
    if code == states.REFUSED_STATE:
        state = STATE_NAMES[value] if 0 <= value < len(STATE_NAMES) else f"in state {value}"
        return f"the pump is {_IN_A_SENTENCE.get(state, state)}{_first(name, value)}"
    if code == states.REFUSED_ALARM:
        known = 0 <= value < len(ALARMS)
        return f"the alarm {ALARMS[value][1] if known else value} is latched; acknowledge it first"
    if code == states.REFUSED_INCOMPLETE:
        return f"segment {index} is missing"
    return _SENTENCES.get(code, f"reason {code}")


def _first(name: str, state: int) -> str:
    """What is to be done before it can be asked for again."""
    if name == "pause":
        return ""
    if state in _TURNING:
        return "; stop it first"
    return "; resume it, or stop it first" if state in _HELD else ""


def _in_words(field: str, value: int, limit: int) -> str:
    side = "below" if value < limit else "above"
    for end, kind in (("_nl_h", RATE), ("_nl", VOLUME)):
        if field.endswith(end):
            return f": {kind.format(value)} is {side} {kind.format(limit)}"
    return ""
