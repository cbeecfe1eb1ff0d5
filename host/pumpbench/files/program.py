"""Programs as people write them: ``[program]``, ``[[segments]]`` and ``[[reservoirs]]``."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pumpbench.files import toml
from pumpbench.files.checking import Table, Wrong, check
from pumpbench.files.fields import ChoiceField, CountField, Name, RateNlH, TelemetryHz
from pumpbench.files.reservoir import Reservoirs, check_ids
from pumpbench.files.segment import Segment
from pumpbench.units import RATE, VOLUME
from pumplink.names import LINK_LOST_NAMES, MODE_NAMES
from pumplink.numbers import MAX_RESERVOIRS, MAX_SEGMENTS
from pumplink.states import ATTENDED, LINK_LOST_KEEP_OPEN

Mode = Annotated[int, ChoiceField(MODE_NAMES)]
LinkLost = Annotated[int, ChoiceField(LINK_LOST_NAMES)]
Repeat = Annotated[int, CountField(1, 10_000, "times")]


class Head(Table):
    """What holds for the whole program."""

    name: Name = Field(description="what the run is called")
    mode: Mode = Field(
        0,
        description="autonomous: delivers whoever is listening; attended: the host has to stay",
        json_schema_extra={"default": "autonomous"},
    )
    on_link_lost: LinkLost = Field(
        1,
        description="what an attended program does when the host is gone",
        json_schema_extra={"default": "stop"},
    )
    keep_open_nl_h: RateNlH = Field(
        0, alias="keep_open_rate", description="the trickle that keeps a line open; never above the set rate"
    )
    repeat: Repeat = Field(1, description="how often all segments are gone through")
    telemetry_hz: TelemetryHz = Field(
        10, alias="telemetry_rate", description="records a second, within what the board says it can"
    )

    @model_validator(mode="after")
    def _keep_open_has_a_rate(self) -> Self:
        keeps_open = self.mode == ATTENDED and self.on_link_lost == LINK_LOST_KEEP_OPEN
        if keeps_open and self.keep_open_nl_h == 0:
            raise Wrong(
                ("keep_open_rate",), 'must be given, more than 0, because on_link_lost is "keep-open"'
            )
        return self


class Program(Table):
    """A whole program; volumes in nL, rates in nL/h, durations in s."""

    program: Head = Field(description="what holds for the whole program")
    segments: Annotated[list[Segment], Field(min_length=1, max_length=MAX_SEGMENTS)] = Field(
        description="what is delivered, one after the other"
    )
    reservoirs: Reservoirs = Field(
        [],
        description="in the order of the selector valve; with none, the board's own stay, called 0 to 3",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        check_ids(self.reservoirs)
        for index, segment in enumerate(self.segments):
            self._check_reservoir(index, segment)
            self._check_keep_open(index, segment)
        self._check_contents()
        return self

    def reservoir_index(self, segment: Segment) -> int:
        """Return the board's number, 0 to 3, of the reservoir that a segment draws from."""
        if segment.reservoir is None:
            return 0
        return self._names().index(segment.reservoir)

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.program.name

    @property
    def telemetry_hz(self) -> int:
        """Telemetry records a second."""
        return self.program.telemetry_hz

    @property
    def volume_nl(self) -> int:
        """What all repeats deliver together, to the nearest nL."""
        keep_open = self.program.keep_open_nl_h
        return round(self.program.repeat * sum(segment.delivers_nl(keep_open) for segment in self.segments))

    @property
    def duration_s(self) -> float:
        """How long all repeats take together."""
        return self.program.repeat * sum(
            segment.seconds(self.program.keep_open_nl_h) for segment in self.segments
        )

    @property
    def peak_nl_h(self) -> int:
        """The highest rate."""
        return max(max(segment.rates(self.program.keep_open_nl_h)) for segment in self.segments)

    def drawn_nl(self) -> dict[int, int]:
        """Return what all repeats take from each of the board's reservoirs, to the nearest nL."""
        drawn: dict[int, Fraction] = {}
        for segment in self.segments:
            volume = segment.delivers_nl(self.program.keep_open_nl_h) * self.program.repeat
            if volume:
                index = self.reservoir_index(segment)
                drawn[index] = drawn.get(index, Fraction(0)) + volume
        return {index: round(volume) for index, volume in drawn.items()}

    def wire_program(self) -> dict[str, int | str]:
        """Return the fields of ``program_begin``."""
        return {
            "name": self.program.name,
            "mode": self.program.mode,
            "on_link_lost": self.program.on_link_lost,
            "keep_open_nl_h": self.program.keep_open_nl_h,
            "repeat": self.program.repeat,
            "segments": len(self.segments),
        }

    def wire_segments(self) -> Iterator[dict[str, int]]:
        """Yield the fields of ``program_segment``, one a segment."""
        for index, segment in enumerate(self.segments):
            yield segment.wire(index, self.reservoir_index(segment), self.program.keep_open_nl_h)

    def wire_reservoirs(self) -> Iterator[dict[str, int | str]]:
        """Yield the fields of ``reservoir_set``, one a reservoir."""
        for index, reservoir in enumerate(self.reservoirs):
            yield reservoir.wire(index)

    def _names(self) -> list[str]:
        return [reservoir.id for reservoir in self.reservoirs] or [
            str(index) for index in range(MAX_RESERVOIRS)
        ]

    def _check_reservoir(self, index: int, segment: Segment) -> None:
        where = ("segments", index, "reservoir")
        names = self._names()
        if segment.reservoir is None:
            if segment.delivering and len(self.reservoirs) > 1:
                raise Wrong(where, f"is missing; {_either(names)} is allowed")
        elif segment.reservoir not in names:
            raise Wrong(where, f"there is no such reservoir; {_either(names)} is allowed")

    def _check_keep_open(self, index: int, segment: Segment) -> None:
        keep_open = self.program.keep_open_nl_h
        lowest = segment.lowest_nl_h()
        if lowest is not None and keep_open > lowest:
            raise Wrong(
                ("program", "keep_open_rate"),
                f"is above the rate of segment {index + 1}; at most {RATE.format(lowest)} is allowed",
            )
        if segment.delivering and not max(segment.rates(keep_open)):
            raise Wrong(
                ("segments", index, "rate"), "is missing, and [program] keep_open_rate is not given either"
            )

    def _check_contents(self) -> None:
        for index, drawn in self.drawn_nl().items():
            if self.reservoirs and drawn > self.reservoirs[index].usable_nl:
                raise Wrong(
                    ("reservoirs", index, "contents"),
                    f"is too little: the program draws {VOLUME.format(drawn)}, and "
                    f"{VOLUME.format(self.reservoirs[index].usable_nl)} can be drawn",
                )


def _either(names: list[str]) -> str:
    return " or ".join(f'"{name}"' for name in names)


def parse(tables: dict[str, Any], path: Path | str) -> Program:
    """Return the program in already read tables; ``path`` is only named in errors. Raises `FileError`."""
    return check(Program, tables, path)


def load(path: Path) -> Program:
    """Return the program of a file. Raises `FileError`."""
    return parse(toml.read(path), path)
