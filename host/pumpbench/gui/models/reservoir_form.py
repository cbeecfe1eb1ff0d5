"""A reservoir as it is typed into a form, by the checks of a reservoir file."""

from dataclasses import dataclass

from pumpbench.client import Reservoir as BoardReservoir
from pumpbench.files.checking import check
from pumpbench.files.errors import FileError
from pumpbench.files.reservoir import Reservoir, ReservoirFile
from pumpbench.units import CONCENTRATION, VOLUME

KEYS = ("drug", "concentration", "capacity", "contents", "low_at", "empty_at")
_PLACE = "[[reservoirs]] 1, "


@dataclass(frozen=True)
class Checked:
    """What was typed: a reservoir, or what is wrong with it, by key ("" for the whole)."""

    reservoir: Reservoir | None
    problems: dict[str, str]


def checked(index: int, texts: dict[str, str]) -> Checked:
    """Check what was typed for the board's reservoir `index`; empty texts are left out."""
    table = {key: text for key, text in texts.items() if text.strip()}
    try:
        found = check(ReservoirFile, {"reservoirs": [{"id": str(index), **table}]}, "the form")
    except FileError as error:
        return Checked(None, {fault.place.removeprefix(_PLACE): fault.why for fault in error.faults})
    return Checked(found.reservoirs[0], {})


def texts_of(reservoir: BoardReservoir) -> dict[str, str]:
    """Return a board's reservoir as it would be typed; one that was never defined as a usual one."""
    if not reservoir.capacity_nl:
        return {"capacity": "30 mL", "contents": "30 mL"}
    volumes = {
        "capacity": reservoir.capacity_nl,
        "contents": reservoir.contents_nl,
        "low_at": reservoir.low_at_nl,
        "empty_at": reservoir.empty_at_nl,
    }
    texts = {key: VOLUME.format(value) for key, value in volumes.items() if value or key != "empty_at"}
    if reservoir.concentration_ng_ml:
        texts["concentration"] = CONCENTRATION.format(reservoir.concentration_ng_ml)
    return {"drug": reservoir.drug, **texts} if reservoir.drug else texts
