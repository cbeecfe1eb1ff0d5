"""Records of telemetry summed up in bins: the least and the most of each curve, and what is missing.

A bin stands for so many counters of the telemetry as its level says, present or not; a record is a bin of
one. Bins of one level make those of the next by one function, however often.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pumplink.states import FLAG_PRESSURE_VALID, FLAG_SENSOR_VALID

COLUMNS = (
    "set_nl_h",
    "flow_nl_h",
    "measured_nl_h",
    "pressure_pa",
    "commanded_nl",
    "counted_nl",
    "measured_nl",
    "error_percent",
)
"""What is drawn of a record. All but the last are its fields; that one is how much more the sensor measured
than the motor counted."""

FIELDS = ("boot", "counter", "time_us", "flags", *COLUMNS[:-1])
"""The fields of a record that the curves are made of."""

ERROR_FROM_NL = 10_000
"""Below so much counted volume the error says nothing: the sensor's noise is larger."""

NEVER_FIRST = np.iinfo(np.int64).max
NEVER_LAST = np.iinfo(np.int64).min

Values = NDArray[np.float32]
Times = NDArray[np.int64]


def values_of(records: NDArray[np.void]) -> Values:
    """The columns of records, one row a column; NaN where a sensor says that its value is not valid."""
    values = np.empty((len(COLUMNS), len(records)), np.float32)
    for row, name in enumerate(COLUMNS[:-1]):
        values[row] = records[name]
    flags = records["flags"]
    values[COLUMNS.index("measured_nl_h"), flags & FLAG_SENSOR_VALID == 0] = np.nan
    values[COLUMNS.index("pressure_pa"), flags & FLAG_PRESSURE_VALID == 0] = np.nan
    counted = records["counted_nl"].astype(np.float64)
    counted[counted < ERROR_FROM_NL] = np.nan
    values[-1] = 100.0 * (records["measured_nl"] / counted - 1.0)
    return values


@dataclass
class Bins:
    """Neighbouring bins. A bin without a record has `count` 0, NaN for values, and the times NEVER_*."""

    low: Values
    high: Values
    first_us: Times
    last_us: Times
    count: NDArray[np.int32]
    """How many records are there."""
    head: NDArray[np.bool_]
    """Whether the record of the bin's first counter is there."""
    tail: NDArray[np.bool_]
    """Whether the record of its last counter is."""

    @classmethod
    def empty(cls, length: int) -> Self:
        """Bins without a record."""
        return cls(
            np.full((len(COLUMNS), length), np.nan, np.float32),
            np.full((len(COLUMNS), length), np.nan, np.float32),
            np.full(length, NEVER_FIRST, np.int64),
            np.full(length, NEVER_LAST, np.int64),
            np.zeros(length, np.int32),
            np.zeros(length, np.bool_),
            np.zeros(length, np.bool_),
        )

    @classmethod
    def of_records(cls, values: Values, time_us: Times) -> Self:
        """Each record as a bin; a time of NEVER_LAST is a record that is not there."""
        there = time_us != NEVER_LAST
        first_us = np.where(there, time_us, NEVER_FIRST)
        return cls(values, values, first_us, time_us, there.astype(np.int32), there, there)

    def __len__(self) -> int:
        return len(self.count)

    def part(self, start: int, stop: int) -> Self:
        """Bins start to stop, not copied."""
        return self._each(lambda array: array[..., start:stop])

    def kept(self, mask: NDArray[np.bool_]) -> Self:
        """The bins of a mask."""
        return self._each(lambda array: array[..., mask])

    def put(self, start: int, others: "Bins") -> None:
        """Overwrite the bins from `start` on."""
        for mine, theirs in zip(self._arrays(), others._arrays(), strict=True):
            mine[..., start : start + len(others)] = theirs

    def joined(self, times: int) -> Self:
        """Bins of `times` (a power of two) as many counters each; the length must be a multiple."""
        bins = self
        while times > 1:
            bins = type(self)(
                np.fmin(bins.low[:, ::2], bins.low[:, 1::2]),
                np.fmax(bins.high[:, ::2], bins.high[:, 1::2]),
                np.minimum(bins.first_us[::2], bins.first_us[1::2]),
                np.maximum(bins.last_us[::2], bins.last_us[1::2]),
                bins.count[::2] + bins.count[1::2],
                bins.head[::2],
                bins.tail[1::2],
            )
            times //= 2
        return bins

    @classmethod
    def chain(cls, parts: "list[Bins]") -> Self:
        """All bins of several, one behind the other."""
        arrays = zip(*(part._arrays() for part in parts), strict=True)
        return cls(*(np.concatenate(pieces, axis=-1) for pieces in arrays))

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return (self.low, self.high, self.first_us, self.last_us, self.count, self.head, self.tail)

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Self:
        return type(self)(*(change(array) for array in self._arrays()))
