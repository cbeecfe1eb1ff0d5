"""The bench of a trial: clock, balance, pump, and who changes what stands on it: a person, or the model."""

from collections.abc import Callable
from dataclasses import dataclass

from pumpbench.conduct.cancel import Cancel
from pumpbench.trials.conduct.clocks import TrialClock
from pumpbench.trials.conduct.errors import Unattended
from pumpbench.trials.conduct.folder import Folder
from pumpbench.trials.conduct.pump import PumpUnderTest
from pumpbench.trials.conduct.scale import Scale
from pumpbench.virtual.control_client import ControlPort

_US = 1e6


@dataclass
class Bench:
    """What a trial is carried out on. `model` is the control port of a virtual board that this trial started:
    what a person does at a real bench is done to it.
    """

    clock: TrialClock
    scale: Scale
    folder: Folder
    pump: PumpUnderTest | None
    model: ControlPort | None
    ask: Callable[[str], None] | None
    tell: Callable[[], None]
    cancel: Cancel

    def wait(self, more_s: float) -> None:
        """Let some time pass."""
        self.clock.wait_until(self.clock.now_s() + more_s)

    def set_back_pressure(self, index: int, pressure_kpa: float, sentence: str) -> None:
        """Have the pressure at the outlet set, in the step `index`."""
        self._change(index, "back-pressure", pressure_kpa, f"{sentence[:1].upper()}{sentence[1:]}.")

    def close_line(self, index: int) -> None:
        """Have the line closed."""
        self._change(index, "occlusion", 1.0, "Close the line at its outlet now.")

    def open_line(self, index: int) -> None:
        """Have the line opened."""
        self._change(index, "occlusion", 0.0, "Open the line now.")

    def truth(self) -> tuple[float, float] | None:
        """The time by the model, and what has come out of its outlet by then (nL); None at a real bench."""
        if self.model is None:
            return None
        told = self.model.truth()
        return told["now_us"] / _US - self.clock.origin, float(told["outlet_nl"])

    def _change(self, index: int, fault: str, value: float, sentence: str) -> None:
        if self.model is not None:
            self.model.fault(fault, value)
        elif self.ask is None:
            raise Unattended(f"somebody has to be at the bench: {sentence}")
        else:
            self.ask(sentence)
            self.cancel.check()
        told = {"index": index, "sentence": sentence, "simulated": self.model is not None}
        self.folder.note(self.clock.now_s(), "bench", **told)
