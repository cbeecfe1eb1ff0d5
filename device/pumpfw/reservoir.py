"""Reservoirs: up to four behind a selector valve; what each holds, and when it is low or empty."""

import struct
from array import array

from pumpfw.config import Config
from pumpfw.errors import Refused
from pumpfw.keeper import Keeper
from pumpfw.readings import Readings
from pumplink.numbers import MAX_RESERVOIRS
from pumplink.states import (
    EVENT_REFILL,
    EVENT_RESERVOIR_SET,
    REFUSED_NOTHING,
    REFUSED_RANGE,
    REFUSED_STATE,
    REFUSED_VOLUME,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pumpfw.faces import Board

_REMAINING_AT = 64  # place of the first one's contents
_SELECTOR = 8  # bit of the capability
_LAYOUT = "<5IH2I24s"  # of one reservoir in the journal, after the generation


class Reservoirs:
    """``select`` is for the tick; a reservoir whose capacity is 0 was never set, and is not followed."""

    def __init__(
        self, board: "Board", config: Config, cells: "array[int]", readings: Readings, keeper: Keeper
    ) -> None:
        self._board = board
        self._config = config
        self._readings = readings
        self._keeper = keeper
        self.remaining = memoryview(cells)[_REMAINING_AT : _REMAINING_AT + MAX_RESERVOIRS]
        self.capacity = array("i", [0] * MAX_RESERVOIRS)
        self.low_at = array("i", [0] * MAX_RESERVOIRS)
        self.empty_at = array("i", [0] * MAX_RESERVOIRS)
        self.generation = 0  # counts what was set and refilled: which of two journalled contents is the newer
        self._concentration = [0] * MAX_RESERVOIRS
        self._drug = [bytes(24)] * MAX_RESERVOIRS
        self._refills = [0] * MAX_RESERVOIRS
        self._residual = [0] * MAX_RESERVOIRS
        self._expected = [0] * MAX_RESERVOIRS

    # --- in the tick ---

    def select(self, index: int) -> None:
        """Turn the selector valve to a reservoir."""
        if index != self._readings.reservoir:
            self._readings.reservoir = index
            if self._board.capabilities & _SELECTOR:
                self._board.select_valve(index)
        self._readings.remaining_nl = self.remaining[index]
        self._readings.is_followed = self.capacity[index]
        self._readings.empty_nl = self.empty_at[index]
        self._readings.low_nl = self.low_at[index]

    # --- commands ---

    def set(self, values: "list[Any]", in_use: bool) -> None:
        """Set a reservoir (fields of reservoir_set after session and request)."""
        index, capacity, contents, low_at, empty_at, concentration, drug = values
        self._check_index(index)
        if in_use and index == self._readings.reservoir:
            raise Refused(REFUSED_STATE, value=self._readings.state)
        if contents > capacity:
            raise Refused(REFUSED_VOLUME, 2, contents, 0, capacity)
        if low_at > capacity:
            raise Refused(REFUSED_RANGE, 3, low_at, 0, capacity)
        if empty_at > low_at:
            raise Refused(REFUSED_RANGE, 4, empty_at, 0, low_at)
        old = self._pack_one(index)
        self.capacity[index], self.remaining[index] = capacity, contents
        self.low_at[index], self.empty_at[index] = low_at, empty_at
        self._concentration[index], self._drug[index] = concentration, bytes(drug)
        self._keep(index, old)
        self._keeper.events.add(EVENT_RESERVOIR_SET, index, contents, 0)

    def get(self, index: int) -> "list[Any]":
        """Return the fields of reservoir_get_answer after the request; contents are what remains."""
        self._check_index(index)
        return [
            index,
            self.capacity[index],
            self.remaining[index],
            self.low_at[index],
            self.empty_at[index],
            self._concentration[index],
            self._drug[index],
            self._refills[index],
            self._residual[index],
            self._expected[index],
        ]

    def refill(self, index: int, residual_nl: int, contents_nl: int) -> None:
        """Note a refill: the residual that was measured beside the one that was expected, and the new
        contents."""
        self._check_index(index)
        capacity = self.capacity[index]
        if not capacity:
            raise Refused(REFUSED_NOTHING)
        if residual_nl > capacity:
            raise Refused(REFUSED_VOLUME, 1, residual_nl, 0, capacity)
        if contents_nl > capacity:
            raise Refused(REFUSED_VOLUME, 2, contents_nl, 0, capacity)
        old = self._pack_one(index)
        self._expected[index] = self.remaining[index]
        self._residual[index] = residual_nl
        self._refills[index] = (self._refills[index] + 1) & 0xFFFF
        self.remaining[index] = contents_nl
        self._keep(index, old)
        self._keeper.events.add(EVENT_REFILL, index, residual_nl, 0)

    def _check_index(self, index: int) -> None:
        if index >= self._config.reservoirs:
            raise Refused(REFUSED_RANGE, 0, index, 0, self._config.reservoirs - 1)

    def _keep(self, index: int, old: bytes) -> None:
        """Journal the change; undo it when the journal does not take it."""
        self.generation = (self.generation + 1) & 0xFFFF
        kept = False
        try:
            self._keeper.put_reservoirs(self.pack())
            kept = True
        finally:
            if not kept:
                self.generation = (self.generation - 1) & 0xFFFF
                self._unpack_one(index, old, 0)
        self.select(self._readings.reservoir)

    # --- what survives a power cut ---

    def pack(self) -> bytes:
        """Return what the journal keeps."""
        return struct.pack("<H", self.generation) + b"".join(
            [self._pack_one(i) for i in range(MAX_RESERVOIRS)]
        )

    def restore(self, data: bytes) -> None:
        """Take what ``pack`` returned."""
        self.generation = struct.unpack_from("<H", data)[0]
        for index in range(MAX_RESERVOIRS):
            self._unpack_one(index, data, 2 + index * struct.calcsize(_LAYOUT))
        self.select(self._readings.reservoir)

    def _pack_one(self, i: int) -> bytes:
        return struct.pack(
            _LAYOUT,
            self.capacity[i],
            self.remaining[i],
            self.low_at[i],
            self.empty_at[i],
            self._concentration[i],
            self._refills[i],
            self._residual[i],
            self._expected[i],
            self._drug[i],
        )

    def _unpack_one(self, i: int, data: bytes, at: int) -> None:
        (
            self.capacity[i],
            self.remaining[i],
            self.low_at[i],
            self.empty_at[i],
            self._concentration[i],
            self._refills[i],
            self._residual[i],
            self._expected[i],
            self._drug[i],
        ) = struct.unpack_from(_LAYOUT, data, at)
