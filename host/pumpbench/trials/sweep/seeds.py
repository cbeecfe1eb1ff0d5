"""Seeds as people write them: ``1..100``, ``7``, ``1,3,10..19``."""

import re

MOST = 1_000_000
HIGHEST = (1 << 32) - 1
_PART = re.compile(r"(\d{1,10})(?:\.\.(\d{1,10}))?")


def parse(text: str) -> list[int]:
    """Return the seeds in the order in which they are written. Raises `ValueError` with a sentence."""
    found: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ValueError("is not like 1..100 or 1,3,10..19")
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if last > HIGHEST:
            raise ValueError(f"goes beyond {HIGHEST}, the highest seed")
        if last < first:
            raise ValueError(f"goes back from {first} to {last}")
        if last - first >= MOST or len(found) + last - first >= MOST:
            raise ValueError(f"names more than {MOST} seeds")
        found += range(first, last + 1)
    if len(set(found)) != len(found):
        raise ValueError("names a seed twice")
    return found
