"""What a page is made of: sections of sentences, tables and plots."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.figure import Figure


@dataclass(frozen=True)
class Table:
    """Rows of text; `widths` are the columns' shares. Without a head it is a list of names and values."""

    rows: Sequence[tuple[str, ...]]
    head: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()
    verdicts: bool = False
    """Whether the last column is a verdict."""


@dataclass(frozen=True)
class Section:
    """One section; what it holds, in order."""

    title: str
    parts: Sequence[str | Table | Figure] = field(default_factory=list)


@dataclass(frozen=True)
class Content:
    """A whole report."""

    title: str
    subtitle: str
    verdict: str
    verdict_sentence: str
    simulated: bool
    notice: str
    footer: str
    sections: list[Section]
    signatures: tuple[str, str] = ("Carried out by", "Reviewed by")
