"""Sets of whole numbers as sorted lists of closed intervals (first, last)."""

from itertools import pairwise

Interval = tuple[int, int]


def joined(intervals: list[Interval]) -> list[Interval]:
    """The same numbers in as few intervals as possible, in order."""
    result: list[Interval] = []
    for first, last in sorted(intervals):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def without(intervals: list[Interval], taken: list[Interval]) -> list[Interval]:
    """The numbers of ``intervals`` that are not in ``taken``; both joined. Linear in their lengths."""
    result: list[Interval] = []
    index = 0
    for first, last in intervals:
        while index < len(taken) and taken[index][1] < first:
            index += 1
        position = index
        while position < len(taken) and taken[position][0] <= last:
            if taken[position][0] > first:
                result.append((first, taken[position][0] - 1))
            first = taken[position][1] + 1
            position += 1
        if first <= last:
            result.append((first, last))
    return result


def between(intervals: list[Interval]) -> list[Interval]:
    """The holes between joined intervals."""
    return [(left[1] + 1, right[0] - 1) for left, right in pairwise(intervals)]
