"""One sentence for a refusal, from its numbers and the message table."""

from typing import Any

from pumpbench.client import payloads
from pumpbench.client.errors import Refusal
from pumplink import states
from pumplink.alarms import ALARMS
from pumplink.names import REFUSAL_NAMES, STATE_NAMES
from pumplink.states import NO_FIELD

_SENTENCES = {
    states.REFUSED_UNKNOWN: "the board does not know this request",
    states.REFUSED_LAYOUT: "the request has the wrong length for the board",
    states.REFUSED_SESSION: "this session does not command the pump; another one does, or connect with role "
    "command or take-over",
    states.REFUSED_STALE: "the request's id is older than those that the board remembers",
    states.REFUSED_SCHEMA: "the firmware fits another version of this program; bring it up to date with "
    "`pumpbench flash`",
    states.REFUSED_DIGEST: "the digest is not that of the program on the board; stage and commit it again",
    states.REFUSED_NOTHING: "there is none on the board",
    states.REFUSED_BUSY: "the board cannot do it now; ask again",
}


def refusal(answer: dict[str, Any]) -> Refusal:
    """Build the exception for a `refused` answer."""
    number, code = answer["number"], answer["code"]
    name = payloads.NAMES.get(number, f"request {number}")
    field = payloads.field_at(number, answer["field"]) if answer["field"] != NO_FIELD else None
    value, minimum, maximum = answer["value"], answer["minimum"], answer["maximum"]
    reason = REFUSAL_NAMES[code] if code < len(REFUSAL_NAMES) else f"reason {code}"
    return Refusal(
        f"{name} refused: {_why(code, field, answer['field'], value, minimum, maximum)}",
        request=name,
        code=code,
        reason=reason,
        field=field[0] if field else None,
        value=value,
        minimum=minimum,
        maximum=maximum,
    )


def _why(code: int, field: tuple[str, str] | None, index: int, value: int, minimum: int, maximum: int) -> str:
    what, unit = (field[0], f" ({field[1]})") if field else ("the value", "")
    if code == states.REFUSED_RANGE:
        return f"{what} is {value}, allowed is {minimum} to {maximum}{unit}"
    if code == states.REFUSED_LIMIT:
        return f"{what} is {value}, the board's limit is {maximum}{unit}"
    if code == states.REFUSED_VOLUME:
        return f"{value} nL asked, the reservoir holds {maximum} nL"
    if code == states.REFUSED_STATE:
        state = STATE_NAMES[value] if 0 <= value < len(STATE_NAMES) else f"in state {value}"
        return f"the pump is {state}"
    if code == states.REFUSED_ALARM:
        known = 0 <= value < len(ALARMS)
        return f"the alarm {ALARMS[value][1] if known else value} is latched; acknowledge it first"
    if code == states.REFUSED_INCOMPLETE:
        return f"segment {index} is missing"
    return _SENTENCES.get(code, f"reason {code}")
