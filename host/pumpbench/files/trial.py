"""Trial protocols as people write them: what is tried, on which balance, in which steps and limits."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pumpbench.files import toml
from pumpbench.files.checking import Model, Table, Wrong, check
from pumpbench.files.trial_steps import BOLUS, DELIVER, OCCLUSION, PRIME, Step
from pumpbench.files.trial_tables import Analysis, BalanceTable, Head, Limits, Liquid, Pump, Refill
from pumpbench.units import DURATION, RATE, VOLUME

MAX_STEPS = 100


def _empty(table: type[Model]) -> Callable[[], Model]:
    """A table of which the file says nothing."""
    return lambda: table.model_validate({})


class Trial(Table):
    """A whole trial protocol; volumes in nL, rates in nL/h, durations in s."""

    trial: Head = Field(description="what is tried, by whom")
    pump: Pump = Field(default_factory=_empty(Pump), description="the device under test")
    balance: BalanceTable = Field(
        default_factory=_empty(BalanceTable), description="the balance, and what is known of it"
    )
    liquid: Liquid = Field(
        default_factory=_empty(Liquid), description="what is delivered, and the air around it"
    )
    analysis: Analysis = Field(
        default_factory=_empty(Analysis), description="what is analysed, where the preset is not wanted"
    )
    limits: Limits = Field(default_factory=_empty(Limits), description="what the pump has to keep")
    refill: Refill | None = Field(None, description="an implanted pump's refill: in, and back")
    steps: Annotated[list[Step], Field(min_length=1, max_length=MAX_STEPS)] = Field(
        description="what is done, one after the other"
    )

    @property
    def name(self) -> str:
        """What the trial is called."""
        return self.trial.name

    @property
    def rate_nl_h(self) -> int:
        """The set rate."""
        return self.trial.rate_nl_h

    @property
    def interval_s(self) -> int:
        """Sample interval S."""
        return self.analysis.interval_s or round(self.trial.preset.interval_s)

    @property
    def windows_min(self) -> tuple[float, ...]:
        """Windows P of the trumpet."""
        given = self.analysis.windows_min
        return self.trial.preset.windows_min if given is None else tuple(given)

    @property
    def analyse_s(self) -> tuple[float, float]:
        """The analysed time, from the start of the delivery."""
        start, end = (60.0 * minute for minute in self.trial.preset.analyse_min)
        given = self.analysis
        return (start if given.from_s is None else given.from_s, end if given.to_s is None else given.to_s)

    def rate_of(self, step: Step) -> int:
        """The rate of a step."""
        return step.rate_nl_h or self.rate_nl_h

    def analysed(self, step: Step) -> bool:
        """Whether a step delivers for long enough to be analysed."""
        return step.kind == DELIVER and (step.duration_s or 0) >= self.analyse_s[1]

    def end_of_life_s(self, step: Step) -> tuple[float, float] | None:
        """The time of error B, from the start of a delivery that ends a tube set's life; else None."""
        if step.end_of_life_s is None or step.duration_s is None:
            return None
        return (float(step.duration_s - step.end_of_life_s), float(step.duration_s))

    def judged_s(self, step: Step) -> set[float]:
        """The times, from the start of a step's delivery, between which mean errors are taken."""
        return {*(self.analyse_s if self.analysed(step) else ()), *(self.end_of_life_s(step) or ())}

    @property
    def drawn_nl(self) -> float:
        """What all steps take from the reservoir at most."""
        return sum(step.drawn_nl(self.rate_nl_h) for step in self.steps)

    def step_text(self, step: Step) -> str:
        """A step in words."""
        return step.text(RATE.format(self.rate_of(step)))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.rate_nl_h == 0:
            raise Wrong(("trial", "rate"), "is 0; errors refer to it, so more than 0 is needed")
        start, end = self.analyse_s
        if start >= end:
            raise Wrong(("analysis", "from"), f"is not before the end at {end:g} s")
        self._check_windows(end - start)
        if self.balance.read_every_s > self.interval_s:
            raise Wrong(
                ("balance", "read_every"),
                f"is longer than the sample interval of {DURATION.format(self.interval_s)}",
            )
        self._check_steps(end)
        self._check_contents()
        return self

    def _check_windows(self, span_s: float) -> None:
        if not self.windows_min:
            raise Wrong(("analysis", "windows_min"), "names no window; at least one is needed")
        for window in self.windows_min:
            if window * 60 > span_s or window * 60 % self.interval_s:
                raise Wrong(
                    ("analysis", "windows_min"),
                    f"holds {window:g}; a window is a multiple of the sample interval of {self.interval_s} s "
                    f"and within the analysed {span_s / 60:g} min",
                )
        limits = self.limits.trumpet_percent
        if limits is not None and len(limits) not in (1, len(self.windows_min)):
            raise Wrong(
                ("limits", "trumpet_percent"),
                f"has {len(limits)} numbers; 1 for all windows, or one a window ({len(self.windows_min)}), "
                "are allowed",
            )

    def _check_steps(self, end_s: float) -> None:
        if not any(self.analysed(step) for step in self.steps):
            raise Wrong(
                ("steps",),
                f"hold no deliver step of {DURATION.format(round(end_s))} or more, which the analysis needs",
            )
        for index, step in enumerate(self.steps):
            self._check_end_of_life(index, step)
        if self.pump.ours:
            return
        for index, step in enumerate(self.steps):
            if step.kind in (PRIME, BOLUS, OCCLUSION):
                raise Wrong(
                    ("steps", index, "kind"), f"{step.kind} needs a pump that can be commanded, and [pump] "
                    "kind is \"other\"; zero, stabilise, deliver and back-pressure are allowed",
                )  # fmt: skip

    def _check_end_of_life(self, index: int, step: Step) -> None:
        lasts = step.end_of_life_s
        if lasts is None:
            return
        place = ("steps", index, "end_of_life")
        if not self.analysed(step):
            raise Wrong(
                place,
                f"is for a delivery of {DURATION.format(round(self.analyse_s[1]))} or more, which has an "
                "error A to compare B with",
            )
        if lasts > (step.duration_s or 0):
            raise Wrong(place, "is longer than the delivery")
        shortest = round(60 * min(self.windows_min))
        if lasts % self.interval_s or lasts < shortest:
            raise Wrong(
                place, f"is to be a multiple of the sample interval of {self.interval_s} s, and at least the "
                f"shortest window of {DURATION.format(shortest)}",
            )  # fmt: skip

    def _check_contents(self) -> None:
        contents = self.pump.contents_nl
        if self.pump.ours and contents is not None and self.drawn_nl > contents:
            raise Wrong(
                ("pump", "contents"),
                f"is too little: the steps draw up to {VOLUME.format(round(self.drawn_nl))}",
            )


def parse(tables: dict[str, Any], path: Path | str) -> Trial:
    """Return the protocol in already read tables; ``path`` is only named in errors. Raises `FileError`."""
    return check(Trial, tables, path)


def load(path: Path) -> Trial:
    """Return the protocol of a file. Raises `FileError`."""
    return parse(toml.read(path), path)


def loads(text: str, path: Path | str) -> Trial:
    """Return the protocol in a text; ``path`` is only named in errors. Raises `FileError`."""
    return parse(toml.parse(text.encode(), path), path)
