"""The bookkeeping of a refill at this bench: what came back beside what the board expects to be left.

The same sums as a trial's (``pumpbench.trials.refill``). The nominal flow is what the board counted since the
last fill, so that the accuracy holds for any program, whatever it delivered when.
"""

from pumpbench.files.trial_tables import ACTION_LEVEL_PERCENT
from pumpbench.gui.models.program_summary import FAULT, FINE, NOTE, Line
from pumpbench.trials.refill import Bookkeeping
from pumpbench.units import VOLUME

_ONE_H = 1.0  # any length of time does: flow and nominal flow are of the same one


def books(filled_nl: int, left_nl: int, returned_nl: int) -> Bookkeeping | None:
    """Return the bookkeeping of a reservoir that was filled with so much, of which the board counts so much
    to be left; None when nothing was delivered since.
    """
    counted_nl = filled_nl - left_nl
    if counted_nl <= 0:
        return None
    return Bookkeeping(filled_nl, returned_nl, 0, counted_nl / _ONE_H, _ONE_H, ACTION_LEVEL_PERCENT)


def lines(filled_nl: int, left_nl: int, returned_nl: int) -> list[Line]:
    """Return what there is to say to what came back."""
    told = [
        Line(
            FINE,
            f"{VOLUME.format(returned_nl)} came back, {VOLUME.format(left_nl)} expected: "
            f"{_difference(returned_nl - left_nl)}",
        )
    ]
    if returned_nl > filled_nl:
        return [
            *told,
            Line(FAULT, "more came back than was in it: measure again, or correct the fill"),
        ]
    kept = books(filled_nl, left_nl, returned_nl)
    if kept is None or kept.accuracy_percent is None:
        return [
            *told,
            Line(NOTE, "nothing was delivered since the last fill, so the flow is not known"),
        ]
    delivered = VOLUME.format(round(filled_nl - returned_nl))
    counted = VOLUME.format(filled_nl - left_nl)
    told.append(
        Line(
            FINE,
            f"{delivered} were delivered, {counted} counted by the motor: "
            f"the flow was {kept.accuracy_percent:+.1f} % off",
        )
    )
    weight = FAULT if kept.action else NOTE if kept.dry else FINE
    return [*told, Line(weight, kept.sentence)]


def _difference(nl: int) -> str:
    if nl == 0:
        return "just that"
    return f"{VOLUME.format(abs(nl))} {'more' if nl > 0 else 'less'}"
