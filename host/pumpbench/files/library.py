"""Drug libraries: what may be in a reservoir, and the limits that the laboratory sets itself for it."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from pumpbench.files import toml
from pumpbench.files.checking import Table, Wrong, check
from pumpbench.files.fields import (
    ConcentrationNgMl,
    Description,
    DoseNgDay,
    Name,
    RateNlH,
    VolumeNl,
)
from pumpbench.units import DOSE, RATE, VOLUME, Kind

MOST_DRUGS = 500
_NONE: dict[str, JsonValue] = {"default": "none"}
_PAIRS: tuple[tuple[str, Kind], ...] = (("rate", RATE), ("bolus", VOLUME), ("dose", DOSE))


class About(Table):
    """What the library is."""

    name: Name = Field(description="what the library is called, in sentences and in the audit trail")
    description: Description = Field("", description="one line for people")


class Drug(Table):
    """One drug: nL/h, nL, ng/day and ng/mL; a limit that is None does not hold."""

    name: Name = Field(description="as a reservoir's drug is written")
    concentrations: list[ConcentrationNgMl] = Field(
        default_factory=list,
        description="those that are allowed, a list",
        json_schema_extra={"default": "any"},
    )
    soft_rate: RateNlH | None = Field(
        None, description="highest flow that asks no question", json_schema_extra=_NONE
    )
    hard_rate: RateNlH | None = Field(None, description="highest flow", json_schema_extra=_NONE)
    soft_bolus: VolumeNl | None = Field(
        None, description="largest bolus that asks no question", json_schema_extra=_NONE
    )
    hard_bolus: VolumeNl | None = Field(None, description="largest bolus", json_schema_extra=_NONE)
    soft_dose: DoseNgDay | None = Field(
        None, description="most in any 24 hours that asks no question", json_schema_extra=_NONE
    )
    hard_dose: DoseNgDay | None = Field(None, description="most in any 24 hours", json_schema_extra=_NONE)

    @model_validator(mode="after")
    def _soft_is_below_hard(self) -> Self:
        for what, kind in _PAIRS:
            soft, hard = getattr(self, f"soft_{what}"), getattr(self, f"hard_{what}")
            if soft is not None and hard is not None and soft > hard:
                raise Wrong(
                    (f"soft_{what}",), f"is above hard_{what}; at most {kind.format(hard)} is allowed"
                )
        return self


class Library(Table):
    """A drug library."""

    library: About = Field(description="what the library is")
    drugs: Annotated[list[Drug], Field(min_length=1, max_length=MOST_DRUGS)] = Field(
        description="the drugs, each with the limits that it has"
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        seen: set[str] = set()
        for index, drug in enumerate(self.drugs):
            if drug.name in seen:
                raise Wrong(("drugs", index, "name"), "is the name of another drug too; each needs its own")
            seen.add(drug.name)
        return self

    @property
    def name(self) -> str:
        """What the library is called."""
        return self.library.name

    def drug(self, name: str) -> Drug | None:
        """Return the drug of this name, None when there is none."""
        return next((drug for drug in self.drugs if drug.name == name), None)


def load(path: Path) -> Library:
    """Return the library of a file. Raises `FileError`."""
    return check(Library, toml.read(path), path)
