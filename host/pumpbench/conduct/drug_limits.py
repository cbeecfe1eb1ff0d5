"""What a drug library has to say to a program, a bolus or a reservoir, before the pump hears of it.

What is found is for the caller to refuse (`refusal`), or to ask a reason for and to write down (`note`): the
window and the command line do both by the same functions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pumpbench.conduct.windows import DAY_S, most_within
from pumpbench.files.library import Drug, Library
from pumpbench.files.program import Program
from pumpbench.units import CONCENTRATION, DOSE, RATE, VOLUME, Kind
from pumplink.states import SEGMENT_BOLUS

SOFT_LIMIT = "soft-limit"
"""What the audit trail calls it when somebody goes past one."""
_NL_PER_ML = 1_000_000
_NAMED_DRUGS = 6


class Filled(Protocol):
    """What a reservoir holds, as a file or the board has it."""

    @property
    def drug(self) -> str:
        """The drug's name, "" when it is not stated."""

    @property
    def concentration_ng_ml(self) -> int:
        """Its concentration, 0 when it is not stated."""


@dataclass(frozen=True)
class Crossing:
    """A limit that would be passed. `hard` ones are refused, soft ones ask for a reason."""

    hard: bool
    sentence: str


def refusal(found: Sequence[Crossing]) -> str:
    """Return why it may not be, whatever the reason; "" when it may be with one, or without."""
    return told([crossing for crossing in found if crossing.hard])


def told(found: Sequence[Crossing]) -> str:
    """Return what was found as one sentence."""
    return "; ".join(crossing.sentence for crossing in found)


def note(
    write: Callable[[str, str, dict[str, Any]], object], subject: str, found: Sequence[Crossing], reason: str
) -> None:
    """Have it written into the audit trail who went past these limits and why; nothing when there are none.

    `write` takes action, subject and details, as ``Audit.append`` and ``Desk.note`` do.
    """
    if found:
        limits = [crossing.sentence for crossing in found]
        write(SOFT_LIMIT, subject, {"limits": limits, "reason": reason})


def check_program(library: Library, program: Program, board: Sequence[Filled]) -> list[Crossing]:
    """Check every reservoir that the program draws from; `board` holds the board's own, for a program that
    defines none.
    """
    reservoirs: Sequence[Filled] = program.reservoirs or board
    found: list[Crossing] = []
    for index in sorted(program.drawn_nl()):
        name = program.reservoirs[index].id if program.reservoirs else str(index)
        where = f"reservoir {name}"
        if index >= len(reservoirs):
            found.append(Crossing(True, f"{where} is not known, so what it holds cannot be checked"))
            continue
        filled = reservoirs[index]
        found += check_filling(library, filled, where)
        drug = library.drug(filled.drug)
        if drug is not None:
            found += _flows(drug, program, index, where)
            found += _dose(drug, filled, most_within(program, DAY_S, index), where)
    return found


def check_filling(library: Library, filled: Filled, where: str) -> list[Crossing]:
    """Check what a reservoir holds, or is to hold; `where` names it in sentences."""
    if not filled.drug:
        return [Crossing(False, f"{where} names no drug, so none of the library's limits holds for it")]
    drug = library.drug(filled.drug)
    if drug is None:
        return [
            Crossing(
                True,
                f'{where}: "{filled.drug}" is not in the library "{library.name}", which has '
                f"{_names(library)}",
            )
        ]
    if drug.concentrations and filled.concentration_ng_ml not in drug.concentrations:
        allowed = " or ".join(CONCENTRATION.format(one) for one in drug.concentrations)
        has = CONCENTRATION.format(filled.concentration_ng_ml) if filled.concentration_ng_ml else "none"
        return [
            Crossing(True, f"{where}: the concentration of {drug.name} is {has}; {allowed} is in the library")
        ]
    return []


def check_bolus(library: Library, filled: Filled, volume_nl: int, where: str) -> list[Crossing]:
    """Check a single bolus."""
    found = check_filling(library, filled, where)
    drug = library.drug(filled.drug)
    if drug is not None:
        found += _limit(drug, "bolus", volume_nl, VOLUME, f"{where}: a bolus of")
        found += _dose(drug, filled, volume_nl, where)
    return found


def _names(library: Library) -> str:
    names = [drug.name for drug in library.drugs]
    more = len(names) - _NAMED_DRUGS
    return ", ".join(names[:_NAMED_DRUGS]) + (f" and {more} more" if more > 0 else "")


def _flows(drug: Drug, program: Program, index: int, where: str) -> Iterator[Crossing]:
    """The highest flow and the largest bolus out of one reservoir."""
    keep_open = program.program.keep_open_nl_h
    own = [segment for segment in program.segments if program.reservoir_index(segment) == index]
    rates = [max(one.rates(keep_open)) for one in own if one.kind != SEGMENT_BOLUS]
    boluses = [one.volume_nl or 0 for one in own if one.kind == SEGMENT_BOLUS]
    yield from _limit(drug, "rate", max(rates, default=0), RATE, f"{where}: a flow of")
    yield from _limit(drug, "bolus", max(boluses, default=0), VOLUME, f"{where}: a bolus of")


def _dose(drug: Drug, filled: Filled, day_nl: float, where: str) -> Iterator[Crossing]:
    """What of the drug is delivered in the worst 24 hours."""
    if drug.soft_dose is None and drug.hard_dose is None:
        return
    if not filled.concentration_ng_ml:
        yield Crossing(True, f"{where} states no concentration of {drug.name}, so its dose cannot be checked")
        return
    dose_ng = round(day_nl * filled.concentration_ng_ml / _NL_PER_ML)
    yield from _limit(drug, "dose", dose_ng, DOSE, f"{where}: in the worst 24 hours")


def _limit(drug: Drug, what: str, value: int, kind: Kind, subject: str) -> Iterator[Crossing]:
    soft, hard = getattr(drug, f"soft_{what}"), getattr(drug, f"hard_{what}")
    for limit, is_hard, word in ((hard, True, "hard"), (soft, False, "soft")):
        if limit is not None and value > limit:
            most = kind.format(limit)
            yield Crossing(
                is_hard,
                f"{subject} {kind.format(value)} is above the {word} limit of {most} for {drug.name}",
            )
            return
