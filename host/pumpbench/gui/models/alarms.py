"""Alarms after the manner of IEC 60601-1-8: in which order, how they flash, when they sound."""

from collections.abc import Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumpbench.client import Alarm
from pumplink.alarm_texts import ALARM_TEXTS
from pumplink.alarms import HIGH, LOW, MEDIUM, NO_PRIORITY

FLASH_HZ = {HIGH: 2.0, MEDIUM: 0.6}
"""IEC 60601-1-8: high 1.4 Hz to 2.8 Hz, medium 0.4 Hz to 0.8 Hz; low does not flash."""
MARKS = {HIGH: "!!!", MEDIUM: "!!", LOW: "!", NO_PRIORITY: "i"}


@dataclass(frozen=True)
class AlarmLine:
    """One alarm as it is shown.

    `code` is None for what the window itself has to say, which needs no acknowledgement. `latched` alarms
    wait for one; `present` is whether the cause is still there. `cause` and `remedy` are parts of a sentence.
    """

    code: int | None
    name: str
    priority: int
    present: bool
    latched: bool
    cause: str
    remedy: str

    @property
    def words(self) -> str:
        """The name as a person reads it: ``Air in line``."""
        return self.name.replace("-", " ").capitalize()

    @property
    def mark(self) -> str:
        """The sign of the priority, which needs no colour."""
        return MARKS[self.priority]

    @property
    def sentence(self) -> str:
        """Why, and what to do."""
        why = self.cause[:1].upper() + self.cause[1:]
        return f"{why}. {self.remedy[:1].upper()}{self.remedy[1:]}."

    @property
    def standing(self) -> str:
        """How far it is: whether the cause lasts, and whether somebody took note."""
        translate = QCoreApplication.translate
        if self.code is None:
            return ""
        if not self.latched:
            return translate("alarm", "acknowledged, cause still there")
        if self.present:
            return translate("alarm", "cause still there")
        return translate("alarm", "cause gone")


def priority_words(priority: int) -> str:
    """Return the priority as a person reads it."""
    translate = QCoreApplication.translate
    return {
        HIGH: translate("alarm", "High priority"),
        MEDIUM: translate("alarm", "Medium priority"),
        LOW: translate("alarm", "Low priority"),
    }.get(priority, translate("alarm", "Notice"))


def lines_of(alarms: Iterable[Alarm]) -> list[AlarmLine]:
    """The alarms in the order in which they are shown: the most urgent first, acknowledged ones behind."""
    lines = [_line(alarm) for alarm in alarms]
    return sorted(lines, key=lambda line: (-line.priority, not line.latched, line.code))


def _line(alarm: Alarm) -> AlarmLine:
    known = alarm.code < len(ALARM_TEXTS)
    cause, remedy = ALARM_TEXTS[alarm.code] if known else ("the firmware knows an alarm of its own", "stop")
    priority = alarm.priority if alarm.priority in MARKS and alarm.priority else HIGH
    return AlarmLine(alarm.code, alarm.name, priority, alarm.present, alarm.latched, cause, remedy)


def notice(name: str, priority: int, cause: str, remedy: str) -> AlarmLine:
    """Something that the window itself has to say, in the place where alarms are shown."""
    return AlarmLine(None, name, priority, present=True, latched=True, cause=cause, remedy=remedy)


def is_lit(line: AlarmLine, now_s: float) -> bool:
    """Whether the alarm's colour is on in this moment; what does not flash always is."""
    rate = FLASH_HZ.get(line.priority)
    return rate is None or not line.latched or (now_s * rate) % 1.0 < 0.5


class Sounding:
    """Which alarms are to be heard: those that wait for somebody to take note, unless they are silenced.

    Times are in s of any clock that never goes back.
    """

    def __init__(self) -> None:
        self._waiting: frozenset[str] = frozenset()
        self._until_s = float("-inf")

    def see(self, lines: Iterable[AlarmLine]) -> None:
        """Take the alarms of this moment; one that was not waiting before breaks the silence."""
        waiting = frozenset(line.name for line in lines if line.latched)
        if waiting - self._waiting:
            self._until_s = float("-inf")
        self._waiting = waiting

    def silence(self, now_s: float, for_s: float) -> None:
        """Let none of the alarms that wait now be heard for a time."""
        self._until_s = now_s + for_s

    def silent_s(self, now_s: float) -> float:
        """How long the silence still lasts."""
        return max(0.0, self._until_s - now_s)

    def priority(self, lines: Iterable[AlarmLine], now_s: float) -> int:
        """The priority that is to be heard now, ``NO_PRIORITY`` for none."""
        if self.silent_s(now_s):
            return NO_PRIORITY
        return max((line.priority for line in lines if line.latched), default=NO_PRIORITY)
