"""Events of the board in words, and as marks on a plot: a symbol and a word, never colour alone."""

from collections.abc import Callable
from dataclasses import dataclass

from pumpbench.client import Event
from pumpbench.client.answers import word
from pumpbench.store import Event as StoredEvent
from pumpbench.units import RATE, VOLUME
from pumplink import states
from pumplink.alarm_table import ALARMS
from pumplink.alarm_texts import ALARM_TEXTS
from pumplink.names import (
    EVENT_NAMES,
    MOVE_NAMES,
    PRIORITY_NAMES,
    RESET_CAUSE_NAMES,
    ROLE_NAMES,
    STOP_REASON_NAMES,
)

AnyEvent = Event | StoredEvent

_SENTENCES: dict[int, Callable[[int, int], str]] = {
    states.EVENT_BOOT: lambda a, b: f"The board started, boot {b} (cause: {word(RESET_CAUSE_NAMES, a)})",
    states.EVENT_RUN_STARTED: lambda a, _: f"Run {a} of the board started",
    states.EVENT_RUN_PAUSED: lambda *_: "Paused",
    states.EVENT_RUN_RESUMED: lambda *_: "Went on",
    states.EVENT_RUN_STOPPED: lambda a, b: (
        f"Stopped by {word(STOP_REASON_NAMES, a)}, {_volume(b * 1000)} delivered"
    ),
    states.EVENT_RUN_FINISHED: lambda a, b: f"Run {a} of the board finished, {_volume(b * 1000)} delivered",
    states.EVENT_SEGMENT: lambda a, b: f"Segment {a + 1} began{f', repeat {b + 1}' if b else ''}",
    states.EVENT_BOLUS_STARTED: lambda a, b: f"Bolus of {_volume(a)} at {_rate(b)} began",
    states.EVENT_BOLUS_ENDED: lambda a, b: f"Bolus ended {'whole' if b else 'cut short'}: {_volume(a)}",
    states.EVENT_MOVE_STARTED: lambda a, b: f"{word(MOVE_NAMES, a).capitalize()} of {_volume(b)} began",
    states.EVENT_MOVE_ENDED: lambda a, b: f"{word(MOVE_NAMES, a).capitalize()} ended: {_volume(b)} moved",
    states.EVENT_ALARM_RAISED: lambda a, _: f"Alarm {alarm_name(a)}{_cause(a)}",
    states.EVENT_ALARM_CLEARED: lambda a, _: f"The cause of alarm {alarm_name(a)} is gone",
    states.EVENT_ALARM_ACKNOWLEDGED: lambda a, _: f"Alarm {alarm_name(a)} acknowledged",
    states.EVENT_REFILL: lambda a, b: f"Reservoir {a} refilled, {_volume(b)} came back",
    states.EVENT_RESERVOIR_SET: lambda a, b: f"Reservoir {a} defined with {_volume(b)}",
    states.EVENT_PROGRAM_COMMITTED: lambda a, _: (
        f"A program of {a} segment{'s' if a != 1 else ''} was committed"
    ),
    states.EVENT_CALIBRATION_SET: lambda a, b: f"Calibration of tube set {a} set: {_volume(b)} a revolution",
    states.EVENT_TUBE_FITTED: lambda a, _: f"Tube set {a} fitted",
    states.EVENT_LINK_LOST: lambda *_: "The link was lost",
    states.EVENT_LINK_BACK: lambda *_: "The link came back",
    states.EVENT_SESSION: lambda a, _: f"A host connected to {word(ROLE_NAMES, a)}",
    states.EVENT_EVENTS_LOST: lambda a, _: f"Events lost: {a} of low priority gave way to newer ones",
    states.EVENT_RELIEF: lambda a, b: f"Relief: {_volume(a)} run back, line {b} nL/kPa",
    states.EVENT_INTERRUPTED: lambda a, b: f"A reset interrupted run {a}, {_volume(b * 1000)} delivered",
    states.EVENT_TUBE_LEARNED: lambda a, b: (
        f"The tube was found to give {a / 10_000:+.2f} %, slip {b} ppm a kPa"
    ),
    states.EVENT_MAP_LEARNED: lambda a, b: (
        f"The rotor's map was learned from {b} revolutions, {a} ppm ripple left"
    ),
    states.EVENT_MAP_FOUND: lambda a, b: f"The rotor's map was found again, turned by {a / 1000:g}°",
}

_SYMBOLS = {
    states.EVENT_BOOT: "⟲",
    states.EVENT_RUN_STARTED: "▶",
    states.EVENT_RUN_PAUSED: "‖",
    states.EVENT_RUN_RESUMED: "▶",
    states.EVENT_RUN_STOPPED: "■",
    states.EVENT_RUN_FINISHED: "✔",
    states.EVENT_SEGMENT: "↦",
    states.EVENT_BOLUS_STARTED: "●",
    states.EVENT_BOLUS_ENDED: "○",
    states.EVENT_MOVE_STARTED: "◆",
    states.EVENT_MOVE_ENDED: "◇",
    states.EVENT_ALARM_RAISED: "▲",
    states.EVENT_ALARM_ACKNOWLEDGED: "✓",
    states.EVENT_REFILL: "⤓",
    states.EVENT_LINK_LOST: "✕",
    states.EVENT_LINK_BACK: "∞",
    states.EVENT_RELIEF: "◁",
    states.EVENT_INTERRUPTED: "✕",
}


@dataclass(frozen=True)
class Mark:
    """An event as a plot shows it. `priority` is an alarm's, 0 of every other event."""

    symbol: str
    word: str
    priority: int


def sentence_of_event(event: AnyEvent) -> str:
    """The event as a sentence, or its name and numbers when this pumpbench does not know it."""
    made = _SENTENCES.get(event.code)
    return made(event.a, event.b) if made else f"{word(EVENT_NAMES, event.code)} ({event.a}, {event.b})"


def priority_word(priority: int) -> str:
    """A priority in words, "" for none."""
    return word(PRIORITY_NAMES, priority) if priority else ""


def alarm_name(code: int) -> str:
    """An alarm's name."""
    return str(ALARMS[code][1]) if 0 <= code < len(ALARMS) else f"alarm {code}"


def mark_of(event: AnyEvent) -> Mark | None:
    """How a plot marks the event; None for those that say nothing about its curves."""
    symbol = _SYMBOLS.get(event.code)
    if symbol is None:
        return None
    if event.code == states.EVENT_ALARM_RAISED:
        priority = int(ALARMS[event.a][2]) if 0 <= event.a < len(ALARMS) else event.priority
        return Mark(symbol * max(1, priority), alarm_name(event.a), priority)
    if event.code == states.EVENT_ALARM_ACKNOWLEDGED:
        return Mark(symbol, alarm_name(event.a), 0)
    if event.code == states.EVENT_SEGMENT:
        return Mark(symbol, f"segment {event.a + 1}", 0)
    return Mark(symbol, word(EVENT_NAMES, event.code).replace("run-", "").replace("-", " "), 0)


def _cause(code: int) -> str:
    """What an alarm means, as the rest of a sentence."""
    return f": {ALARM_TEXTS[code][0]}" if 0 <= code < len(ALARM_TEXTS) else ""


def _volume(nl: int) -> str:
    return VOLUME.format(nl)


def _rate(nl_h: int) -> str:
    return RATE.format(nl_h)
