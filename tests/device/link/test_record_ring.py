"""The ring gives back what was written, number for number, whatever the numbers do."""

from array import array

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pumpfw.readings import WORDS
from pumpfw.record_ring import Cursor, RecordRing, append

FIELDS = 23
LIMIT = (1 << 30) - 1
RUN, KEPT = 26, 183
LIMBS = (
    0,
    2,
    4,
    8,
)  # lower halves, which turn over at 2^30; with the angle of the rotor what goes on steadily
ROTOR = 13

steps = st.one_of(st.integers(-70, 70), st.integers(-(1 << 25), 1 << 25), st.integers(-LIMIT, LIMIT))
changes = st.lists(st.tuples(st.integers(0, FIELDS), steps), max_size=8)


def moved(field: int, value: int, by: int) -> int:
    """What a field holds after a change: all that its owner may put there."""
    if field in LIMBS:
        return (value + by) & LIMIT
    if field == ROTOR:
        return (value + by) % 360_000
    return min(max(value + by, -LIMIT), LIMIT)


class Told:
    """The ring, beside a plain list of what was written."""

    def __init__(self) -> None:
        self.cells = array("i", [0] * WORDS)
        self.ring = RecordRing()
        self.written: list[list[int]] = []

    def write(self) -> None:
        append(self.cells, self.ring.writer, self.ring.ring, self.ring.counts)
        self.written.append([*self.cells[:FIELDS], self.cells[RUN]])

    def kept(self) -> list[list[int]]:
        count = self.cells[KEPT]
        cursor = Cursor(self.ring)
        cursor.seek(count)
        found = []
        for _ in range(count):
            cursor.step()
            found.append(list(cursor.fields[: FIELDS + 1]))
        return found


@settings(max_examples=60, deadline=None)
@given(st.lists(changes, min_size=1, max_size=40), st.integers(1, 60), st.integers(-100, 100_000))
@example([[(field, LIMIT) for field in range(FIELDS + 1)], [(field, -LIMIT) for field in range(24)]], 60, 9)
def test_every_number_comes_back_as_it_was(
    rounds: list[list[tuple[int, int]]], repeats: int, pace: int
) -> None:
    told = Told()
    for _ in range(repeats):
        for round_ in rounds:
            for field in (*LIMBS, ROTOR):
                told.cells[field] = moved(field, told.cells[field], pace)
            for field, by in round_:
                at = RUN if field == FIELDS else field
                told.cells[at] = moved(field, told.cells[at], by)
            told.write()
    kept = told.kept()
    assert kept == told.written[-len(kept) :]
    assert len(kept) == min(len(told.written), told.cells[KEPT])


def test_a_cursor_may_begin_at_any_age() -> None:
    told = Told()
    for number in range(3000):
        told.cells[0] += 100_000
        told.cells[4] += number % 7 * 1000
        told.write()
    for age in (1, 2, 77, told.cells[KEPT]):
        cursor = Cursor(told.ring)
        cursor.seek(age)
        cursor.step()
        assert list(cursor.fields[: FIELDS + 1]) == told.written[-age]
