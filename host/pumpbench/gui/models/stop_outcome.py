"""What became of the last stop, in words."""

from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumpbench.client import Stopped
from pumpbench.gui.models.state import MOVING, face_of
from pumpbench.units import VOLUME


@dataclass(frozen=True)
class StopOutcome:
    """`bad` is whether nobody knows that the pump stands."""

    words: str
    bad: bool = False


def sent() -> StopOutcome:
    """It is on its way."""
    return StopOutcome(QCoreApplication.translate("stop", "Stop is sent, no answer yet"))


def answered(stopped: Stopped, clock: str) -> StopOutcome:
    """The pump answered; it tells what it is now."""
    translate = QCoreApplication.translate
    if stopped.state in MOVING:  # an old firmware, or a relief that ends by itself
        words = translate("stop", "The pump answered at {0}: {1}").format(clock, face_of(stopped.state).words)
        return StopOutcome(words, bad=True)
    return StopOutcome(
        translate("stop", "The pump answered at {0}: stopped, {1} delivered").format(
            clock, VOLUME.format(stopped.delivered_nl)
        )
    )


def nothing() -> StopOutcome:
    """There is no pump."""
    return StopOutcome(QCoreApplication.translate("stop", "No pump is connected: there is nothing to stop"))


def not_answered() -> StopOutcome:
    """No answer came in time; why stands among the alarms."""
    return StopOutcome(
        QCoreApplication.translate("stop", "Stop is not confirmed: it may still be running"), bad=True
    )
