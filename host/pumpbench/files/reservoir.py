"""Reservoirs as people write them: ``[[reservoirs]]`` of a program, or of a file of their own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pumpbench.files import toml
from pumpbench.files.checking import Table, Wrong, check
from pumpbench.files.fields import ConcentrationNgMl, Drug, ReservoirId, VolumeNl
from pumpbench.units import VOLUME
from pumplink.numbers import MAX_RESERVOIRS

LOW_SHARE = 10  # the low mark's default is a tenth of the contents


class Reservoir(Table):
    """One reservoir; volumes in nL, concentration in ng/mL. The list's order is the selector valve's."""

    id: ReservoirId = Field(description="name or number by which segments call it")
    capacity_nl: VolumeNl = Field(alias="capacity", description="what it can hold")
    contents_nl: VolumeNl = Field(alias="contents", description="what is in it at the start")
    drug: Drug = Field("", description="what is in it, in words")
    concentration_ng_ml: ConcentrationNgMl = Field(
        0, alias="concentration", description="of the drug", json_schema_extra={"default": "not stated"}
    )
    low_at_nl: VolumeNl = Field(
        -1,
        alias="low_at",
        description="warn when so much is left",
        json_schema_extra={"default": "a tenth of the contents"},
    )
    empty_at_nl: VolumeNl = Field(0, alias="empty_at", description="stop when so much is left")

    @model_validator(mode="before")
    @classmethod
    def _low_mark(cls, table: Any) -> Any:
        """Fill in the low mark, which depends on the contents."""
        if not isinstance(table, dict) or "low_at" in table or not isinstance(table.get("contents"), str):
            return table
        try:
            contents_nl = VOLUME.parse(table["contents"])
        except ValueError:
            return table  # the contents' own check says what is wrong
        return {**table, "low_at": f"{contents_nl // LOW_SHARE} nL"}

    @model_validator(mode="after")
    def _marks_in_order(self) -> Self:
        if self.capacity_nl == 0:
            raise Wrong(("capacity",), "is nothing; more than 0 mL is needed")
        if self.contents_nl > self.capacity_nl:
            raise Wrong(
                ("contents",),
                f"is more than the capacity; at most {VOLUME.format(self.capacity_nl)} is allowed",
            )
        if self.low_at_nl > 0 and self.low_at_nl >= self.contents_nl:
            raise Wrong(
                ("low_at",),
                f"is not below the contents; less than {VOLUME.format(self.contents_nl)} is allowed",
            )
        if self.empty_at_nl > self.low_at_nl:
            raise Wrong(("empty_at",), f"is above low_at; at most {VOLUME.format(self.low_at_nl)} is allowed")
        return self

    @property
    def usable_nl(self) -> int:
        """What can be delivered before the empty mark."""
        return self.contents_nl - self.empty_at_nl

    def wire(self, index: int) -> dict[str, int | str]:
        """Return the fields of ``reservoir_set`` for the board's reservoir ``index``."""
        return {
            "index": index,
            "capacity_nl": self.capacity_nl,
            "contents_nl": self.contents_nl,
            "low_at_nl": self.low_at_nl,
            "empty_at_nl": self.empty_at_nl,
            "concentration_ng_ml": self.concentration_ng_ml,
            "drug": self.drug,
        }


Reservoirs = Annotated[list[Reservoir], Field(max_length=MAX_RESERVOIRS)]


def check_ids(reservoirs: Sequence[Reservoir]) -> None:
    """Refuse two reservoirs of one name."""
    seen: set[str] = set()
    for index, reservoir in enumerate(reservoirs):
        if reservoir.id in seen:
            raise Wrong(("reservoirs", index, "id"), "is the id of another reservoir too; each needs its own")
        seen.add(reservoir.id)


class ReservoirFile(Table):
    """A file that holds reservoirs alone."""

    reservoirs: Reservoirs = Field(
        min_length=1, description="at most four, in the order of the selector valve"
    )

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        check_ids(self.reservoirs)
        return self


def load(path: Path) -> list[Reservoir]:
    """Return the reservoirs of a file, in the order of the board's. Raises `FileError`."""
    return check(ReservoirFile, toml.read(path), path).reservoirs
