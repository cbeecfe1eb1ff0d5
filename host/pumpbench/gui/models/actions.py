"""Which commands the pump would take now, and why not the others."""

from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumpbench.conduct.snapshot import Snapshot
from pumplink.alarm_table import ALARMS
from pumplink.alarms import STOP

_IDLE = ("stopped", "finished")
_HELD = ("paused", "interrupted", "keep-open", "alarm-stop")
_PAUSABLE = ("running", "keep-open", "bolus")
_STOPS = tuple(str(alarm[1]) for alarm in ALARMS if alarm[3] == STOP)


@dataclass(frozen=True)
class Actions:
    """For each command the sentence that says why it is not to be had now, empty when it is.

    `hint` is the one to show when nothing at all is to be had.
    """

    start: str
    pause: str
    resume: str
    bolus: str
    hint: str


def actions_of(snapshot: Snapshot | None, current: bool) -> Actions:
    """What is to be had of the pump; `current` is whether the snapshot holds now."""
    translate = QCoreApplication.translate
    if snapshot is None or not current:
        return _none(translate("actions", "the pump is not in contact"))
    why = cannot_command(snapshot)
    if why:
        return _none(why)
    state = snapshot.status.state
    alarm = _alarm_in_the_way(snapshot)
    idle = state in _IDLE or (state == "alarm-stop" and (snapshot.run is None or snapshot.run.watch))
    held = state in _HELD and not idle
    start = translate("actions", "the pump is under way")
    if held:
        start = translate("actions", "a run is held: resume it, or stop it for good")
    if idle:
        no_program = translate("actions", "the board holds no program; the page Program sends one")
        start = alarm or ("" if snapshot.program else no_program)
    pause = "" if state in _PAUSABLE else translate("actions", "nothing is being delivered")
    resume = alarm if held else translate("actions", "no run is held")
    bolus = alarm if idle or state == "running" else start
    hint = (resume if held else start) if start and pause and resume else ""
    return Actions(start, pause, resume, bolus, hint)


def cannot_command(snapshot: Snapshot) -> str:
    """Why nothing can be commanded at all, empty when it can."""
    translate = QCoreApplication.translate
    if not snapshot.info.fits:
        return translate("actions", "the firmware does not fit this program: look and stop only")
    if snapshot.looks_on:
        return translate("actions", "what goes on at the page Trials commands the pump: look and stop only")
    if not snapshot.commands:
        return translate("actions", "another program commands the pump: look and stop only")
    return ""


def _alarm_in_the_way(snapshot: Snapshot) -> str:
    translate = QCoreApplication.translate
    latched = [alarm.name for alarm in snapshot.alarms if alarm.name in _STOPS and alarm.latched]
    if latched:
        return translate("actions", "acknowledge {0} first").format(", ".join(latched))
    present = [alarm.name for alarm in snapshot.alarms if alarm.name in _STOPS]
    if present:
        return translate("actions", "the cause of {0} is still there").format(", ".join(present))
    return ""


def _none(why: str) -> Actions:
    return Actions(why, why, why, why, why)
