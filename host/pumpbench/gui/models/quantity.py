"""What is typed into a field for a quantity: its value, what is wrong with it, and how it is best written."""

from dataclasses import dataclass

from pumpbench.files.fields import QuantityField
from pumpbench.units import Kind, UnitError


@dataclass(frozen=True)
class Typed:
    """A text as it stands in the field. `value` is in base units, None when the field is empty or at fault;
    `problem` says why it is at fault, "" when it is not.
    """

    value: int | None
    problem: str = ""


def read(field: QuantityField, text: str, *, may_be_empty: bool = False) -> Typed:
    """Read what was typed, by the same check and in the same words as a file's."""
    if may_be_empty and not text.strip():
        return Typed(None)
    try:
        return Typed(field.read(text))
    except ValueError as error:
        return Typed(None, str(error))


def written(kind: Kind, value: int, typed: str = "") -> str:
    """Return the quantity in a unit that reads well; as it was typed where that would change the value."""
    usual = kind.format(value)
    return usual if not typed or kind.parse(usual) == value else typed.strip()


def in_order(kind: Kind | None, text: str) -> str:
    """Return a text in its usual form when it is a quantity of this kind, else as it is."""
    try:
        return text if kind is None else written(kind, kind.parse(text), text)
    except UnitError:
        return text
