"""The line from head to outlet: one compliance, one resistance, what presses against them, and what leaks.

C dp/dt = (1 - l) (Q - a p) - (p - p_end) / R,   a = |Q| slip + G,   outlet flow q = (p - p_end) / R

with Q the head's flow at no pressure, l the share that leaks away, G the conductance of a head that does not
close its tube. Q is constant over a step, so the solution is an exponential and a step may have any length.
Units: nL, s, kPa.
"""

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NL_S_PER_UL_MIN = 1000.0 / 60.0
# A line without compliance or resistance is a very stiff or a very wide one.
_LEAST_COMPLIANCE = 1e-3  # nL/kPa
_LEAST_RESISTANCE = 1e-7  # kPa s/nL


class Line:
    """Pressure and flows of the line.

    Attributes:
        pressure_kpa: gauge pressure between head and compliance.
        head_nl, out_nl: what the last step moved through the head and out of the outlet.
        leaked_nl: all that leaked away since the start.
        flow_start, flow_rest, decay, rate: the outlet flow during the last step was
            flow_rest + (flow_start - flow_rest) exp(-rate t); ``decay`` is expm1(-rate t) at its end.
    """

    def __init__(self, line: "dict[str, Any]", slip_per_kpa: float, end_kpa: float) -> None:
        self.compliance: float = max(line["compliance_ul_per_kpa"] * 1000.0, _LEAST_COMPLIANCE)
        resistance = max(line["resistance_kpa_per_ul_min"] / NL_S_PER_UL_MIN, _LEAST_RESISTANCE)
        self._open_conductance: float = 1.0 / resistance
        self._slip = slip_per_kpa
        self.pressure_kpa = end_kpa
        self.head_nl = 0.0
        self.out_nl = 0.0
        self.leaked_nl = 0.0
        self.flow_start = 0.0
        self.flow_rest = 0.0
        self.decay = 0.0
        self.rate = 0.0
        self._decay_rate = -1.0
        self._decay_seconds = -1.0
        self.set(0.0, 0.0, 0.0, end_kpa)

    def set(self, closed: float, leak: float, head_conductance: float, end_kpa: float) -> None:
        """Set what a fault may change.

        Args:
            closed: share of the line's conductance that is lost, 0..1 (1 = occluded).
            leak: share of the head's flow that leaks away, 0..1.
            head_conductance: of a head that does not close its tube, nL/s per kPa.
            end_kpa: gauge pressure beyond the resistance (back-pressure less siphon).
        """
        self.conductance = self._open_conductance * (1.0 - closed)
        self._leak = leak
        self._head_conductance = head_conductance
        self.end_kpa = end_kpa

    def step(self, seconds: float, volume_nl: float) -> None:
        """Move on by `seconds` (> 0), in which the rollers push `volume_nl` (at no pressure), evenly."""
        kept = 1.0 - self._leak if volume_nl > 0.0 else 1.0
        back = self._head_conductance
        if self._slip:
            back += abs(volume_nl) / seconds * self._slip
        conductance = self.conductance
        end = self.end_kpa
        start = self.pressure_kpa
        compliance = self.compliance
        loss = kept * back + conductance
        head = volume_nl
        if loss:
            self.rate = rate = loss / compliance
            if rate != self._decay_rate or seconds != self._decay_seconds:
                self._decay_rate = rate
                self._decay_seconds = seconds
                self.decay = math.expm1(-rate * seconds)
            rest = (kept * volume_nl / seconds + conductance * end) / loss
            change = (start - rest) * self.decay
            if back:
                head -= back * (rest * seconds - change / rate)
            self.flow_start = conductance * (start - end)
            self.flow_rest = conductance * (rest - end)
        else:
            change = kept * volume_nl / compliance
            self.flow_start = 0.0
            self.flow_rest = 0.0
        self.pressure_kpa = start + change
        self.head_nl = head
        leaked = (1.0 - kept) * head
        self.leaked_nl += leaked
        self.out_nl = head - leaked - compliance * change if conductance else 0.0
