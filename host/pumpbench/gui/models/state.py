"""What the pump does, for people: a word, a sign and how it is meant. Colour only repeats them."""

from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumplink.names import STATES

# How a state is meant, which decides its colour.
AT_REST, AT_WORK, ATTENTION, WRONG, UNKNOWN = "at rest", "at work", "attention", "wrong", "unknown"

# The signs, which `widgets.signs` draws.
SQUARE, PLAY, BARS, DRIP, DROP, TURN, TICK, CROSS, BACK, QUESTION = (
    "square", "play", "bars", "drip", "drop", "turn", "tick", "cross", "back", "question",
)  # fmt: skip

MOVING = ("running", "keep-open", "bolus", "moving", "relieving")
"""The states in which the motor turns, or may at any moment."""


@dataclass(frozen=True)
class StateFace:
    """A state as it is shown; `explanation` says what the pump does then."""

    words: str
    sign: str
    meant: str
    explanation: str


def face_of(state: str) -> StateFace:
    """Return how a state is shown; one that a newer firmware knows is shown by its own name."""
    words, sign, meant = _faces().get(state, (state, QUESTION, UNKNOWN))
    return StateFace(words, sign, meant, dict(STATES).get(state, ""))


def _faces() -> dict[str, tuple[str, str, str]]:
    translate = QCoreApplication.translate
    return {
        "stopped": (translate("state", "Stopped"), SQUARE, AT_REST),
        "running": (translate("state", "Delivering"), PLAY, AT_WORK),
        "paused": (translate("state", "Paused"), BARS, ATTENTION),
        "keep-open": (translate("state", "Keep-open flow only"), DRIP, ATTENTION),
        "bolus": (translate("state", "Bolus"), DROP, AT_WORK),
        "moving": (translate("state", "Set-up move"), TURN, AT_WORK),
        "finished": (translate("state", "Finished"), TICK, AT_REST),
        "interrupted": (translate("state", "Interrupted by a reset"), CROSS, WRONG),
        "alarm-stop": (translate("state", "Stopped by an alarm"), CROSS, WRONG),
        "relieving": (translate("state", "Relieving pressure"), BACK, WRONG),
    }
