"""The balance in a trial: every reading is kept, and what is wrong with it is said once, when it begins."""

from collections.abc import Callable

from pumpbench.balances import Balance, Reading
from pumpbench.trials.conduct.clocks import TrialClock
from pumpbench.trials.conduct.folder import Folder


class Scale:
    """Reads a balance by the trial's clock into the trial's folder."""

    def __init__(
        self, balance: Balance, clock: TrialClock, folder: Folder, say: Callable[[str], None]
    ) -> None:
        self._balance = balance
        self._clock = clock
        self._folder = folder
        self._say = say
        self._usable = True
        self._unit: str | None = None
        self.mass_g: float | None = None

    def read(self) -> Reading:
        """Read it now; the time is the middle between question and answer."""
        asked_s = self._clock.now_s()
        reading = self._balance.read()
        time_s = (asked_s + self._clock.now_s()) / 2
        if reading.time_s is not None:
            time_s = reading.time_s - self._clock.origin
        for line in reading.unasked:
            self._folder.note(time_s, "unasked line", line=line)
        self._folder.add_reading(time_s, reading)
        self._tell(time_s, reading)
        self.mass_g = reading.mass_g
        return reading

    def zero(self) -> None:
        """Make what lies on the pan zero; what the balance says against it is kept and told."""
        why = self._balance.zero()
        if why is None:
            self._folder.note(self._clock.now_s(), "zeroed")
        else:
            self._warn(self._clock.now_s(), why)

    def _tell(self, time_s: float, reading: Reading) -> None:
        if reading.usable != self._usable:
            self._usable = reading.usable
            self._warn(time_s, "the balance weighs again" if reading.usable else reading.sentence)
        if reading.unit is not None and reading.unit != self._unit:
            if self._unit is not None:
                self._warn(
                    time_s,
                    f"the balance changed its unit from {self._unit} to {reading.unit}; it is converted",
                )
            self._unit = reading.unit

    def _warn(self, time_s: float, sentence: str) -> None:
        self._folder.note(time_s, "balance", sentence=sentence)
        self._say(f"at {time_s:.0f} s {sentence}")
