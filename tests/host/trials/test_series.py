"""What may be a series of readings, and what is said of what may not."""

import numpy as np
import pytest

from pumpbench.trials.errors import BadSeriesError
from pumpbench.trials.series import Series


def test_a_reading_that_is_there_twice_counts_once_and_is_told() -> None:
    series = Series.of([0, 1, 1, 2], [0.0, 0.1, 0.1, 0.2], [2, 3, 4, 5])
    assert series.time_s.tolist() == [0, 1, 2]
    assert (series.line.tolist(), series.repeated) == ([2, 3, 5], (4,))


@pytest.mark.parametrize(
    ("time", "mass", "line", "column", "said"),
    [
        ([0, 1, 2], [0, np.nan, 1], 2, "mass_g", "nan is no finite number"),
        ([0, np.inf, 2], [0, 1, 2], 2, "time_s", "inf is no finite number"),
        ([0, 2, 1], [0, 1, 2], 3, "time_s", "1 is before 2, the time above it"),
        ([0, 1, 1], [0, 1, 2], 3, "time_s", "1 is there twice, with two different masses"),
        ([0], [0], 1, "mass_g", "at least two readings"),
        ([], [], 1, "mass_g", "at least two readings"),
        ([3, 3], [1, 1], 2, "mass_g", "at least two readings"),
    ],
)
def test_what_cannot_be_a_series_is_named_by_line_and_column(
    time: list[float], mass: list[float], line: int, column: str, said: str
) -> None:
    with pytest.raises(BadSeriesError, match=said) as caught:
        Series.of(time, mass)
    assert (caught.value.line, caught.value.column) == (line, column)
