"""Whether a command whose answer was lost took effect, as far as the board's events show."""

from collections.abc import Callable, Iterable
from typing import Any

from pumpbench.client.answers import Event
from pumplink import numbers, states

Fields = dict[str, Any]


def _digest_bits(fields: Fields) -> int:
    return int.from_bytes(bytes(fields["digest"])[:4], "big") >> 1


# The event that each command leaves, and what its `a` and `b` are then (None: anything).
_TRACES: dict[int, Callable[[Fields], tuple[int, int | None, int | None]]] = {
    numbers.BOLUS: lambda f: (states.EVENT_BOLUS_STARTED, f["volume_nl"], f["rate_nl_h"]),
    numbers.MOVE: lambda f: (states.EVENT_MOVE_STARTED, f["kind"], f["volume_nl"]),
    numbers.START: lambda f: (
        states.EVENT_RUN_RESUMED if f["resume"] else states.EVENT_RUN_STARTED,
        None,
        None,
    ),
    numbers.PAUSE: lambda f: (states.EVENT_RUN_PAUSED, None, None),
    numbers.REFILL: lambda f: (states.EVENT_REFILL, f["index"], f["residual_nl"]),
    numbers.RESERVOIR_SET: lambda f: (states.EVENT_RESERVOIR_SET, f["index"], f["contents_nl"]),
    numbers.PROGRAM_COMMIT: lambda f: (states.EVENT_PROGRAM_COMMITTED, None, _digest_bits(f)),
    numbers.CALIBRATION_SET: lambda f: (states.EVENT_CALIBRATION_SET, f["tube_set"], None),
    numbers.TUBE_FIT: lambda f: (states.EVENT_TUBE_FITTED, f["tube_set"], None),
    numbers.ALARM_ACK: lambda f: (states.EVENT_ALARM_ACKNOWLEDGED, f["code"], None),
}


def left_a_trace(number: int, fields: Fields, events: Iterable[Event]) -> bool:
    """Whether one of `events`, all younger than the command, is the one that it leaves.

    No trace proves nothing: an event that was not yet in flash is gone after a power cut.
    """
    if number not in _TRACES:
        return False
    code, a, b = _TRACES[number](fields)
    return any(event.code == code and a in (None, event.a) and b in (None, event.b) for event in events)
