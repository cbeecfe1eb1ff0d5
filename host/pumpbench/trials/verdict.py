"""The decision rule: pass, fail, or inconclusive where the uncertainty reaches over the limit.

After JCGM 106 and ISO 14253-1, with guard bands of the expanded uncertainty on both sides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PASS = "pass"
FAIL = "fail"
INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Judgement:
    """One result against its limit; all in percent. ``expanded`` is None when U is not known."""

    name: str
    result: float | None
    expanded: float | None
    limit: float

    @property
    def verdict(self) -> str:
        """Pass when |result| + U is within the limit, fail when |result| - U is outside it."""
        if self.result is None or self.expanded is None:
            return INCONCLUSIVE
        if abs(self.result) + self.expanded <= self.limit:
            return PASS
        return FAIL if abs(self.result) - self.expanded > self.limit else INCONCLUSIVE

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "name": self.name,
            "result_percent": self.result,
            "expanded_percent": self.expanded,
            "limit_percent": self.limit,
            "verdict": self.verdict,
        }


def overall(judgements: Iterable[Judgement]) -> str:
    """Return the verdict on all: fail when one fails, pass when all pass; without a limit there is none."""
    verdicts = {judgement.verdict for judgement in judgements}
    if FAIL in verdicts:
        return FAIL
    return PASS if verdicts == {PASS} else INCONCLUSIVE
