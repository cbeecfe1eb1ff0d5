"""The line from head to outlet: one compliance, one resistance, what presses against them, and what leaks.

C dp/dt = (1 - l) (Q - a p) - q,   a = |Q| slip + G,   q = (p - p_end) / R

with Q the head's flow at no pressure, l the share that leaks away, G the conductance of a head that does not
close its tube, q the outlet's flow. Q is constant over a step, so the solution is an exponential and a step
may have any length. Units: nL, s, kPa.
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
        head_nl, out_nl, leak_nl: what the last step moved through the head, the outlet and the leak.
        leaked_nl: all that leaked away since the start.
        flow_start, flow_rest, decay, rate: the outlet's flow during the last step was
            flow_rest + (flow_start - flow_rest) exp(-rate t); ``decay`` is expm1(-rate t) at its end.
        seconds, settled: length of the last step; grows when that or the rate is another than before.
    """

    def __init__(self, line: "dict[str, Any]", slip_per_kpa: float, end_kpa: float) -> None:
        self.compliance: float = max(line["compliance_ul_per_kpa"] * 1000.0, _LEAST_COMPLIANCE)
        resistance = max(line["resistance_kpa_per_ul_min"] / NL_S_PER_UL_MIN, _LEAST_RESISTANCE)
        self._open_conductance: float = 1.0 / resistance
        self._slip = slip_per_kpa
        self.pressure_kpa = end_kpa
        self.head_nl = 0.0
        self.out_nl = 0.0
        self.leak_nl = 0.0
        self.leaked_nl = 0.0
        self.flow_start = 0.0
        self.flow_rest = 0.0
        self.decay = 0.0
        self.rate = 0.0
        self._loss = -1.0
        self.seconds = -1.0
        self.settled = 0
        self.set(0.0, 0.0, 0.0, end_kpa)

    def set(self, closed: float, leak: float, head_conductance: float, end_kpa: float) -> None:
        """Set what a fault may change.

        Args:
            closed: share of the line's conductance that is lost, 0..1 (1 = occluded).
            leak: share of the head's forward flow that leaks away, 0..1.
            head_conductance: of a head that does not close its tube, nL/s per kPa.
            end_kpa: gauge pressure beyond the resistance (back-pressure less siphon).
        """
        self._conductance = self._open_conductance * (1.0 - closed)
        self._end_flow = self._conductance * end_kpa
        self._leak = leak
        self._head_conductance = head_conductance

    def step(self, seconds: float, volume_nl: float) -> None:
        """Move on by `seconds` (> 0), in which the rollers push `volume_nl` (at no pressure), evenly."""
        flow = volume_nl / seconds
        loss = conductance = self._conductance
        back = self._head_conductance
        if self._slip:
            back += abs(flow) * self._slip
        leak = self._leak
        if volume_nl < 0.0:
            leak = 0.0
        if leak:
            flow *= 1.0 - leak
        if back:
            loss += (1.0 - leak) * back
        if loss != self._loss or seconds != self.seconds:
            self._loss = loss
            self.seconds = seconds
            self.rate = loss / self.compliance
            self.decay = math.expm1(-self.rate * seconds)
            self.settled += 1
        if not loss:
            self._fill(volume_nl, leak)
            return

        start = self.pressure_kpa
        end_flow = self._end_flow
        rest = (flow + end_flow) / loss
        change = (start - rest) * self.decay
        self.pressure_kpa = start + change
        self.flow_start = conductance * start - end_flow
        self.flow_rest = conductance * rest - end_flow if back else flow
        head = volume_nl
        if back:
            head -= back * (rest * seconds - change / self.rate)  # times the integral of the pressure
        self.head_nl = head
        if leak:
            self.leak_nl = leak * head
            self.leaked_nl += self.leak_nl
            head -= self.leak_nl
        else:
            self.leak_nl = 0.0
        self.out_nl = head - self.compliance * change if conductance else 0.0

    def _fill(self, volume_nl: float, leak: float) -> None:
        """Take a volume up in the compliance: the outlet is closed and the head lets nothing back."""
        self.flow_start = 0.0
        self.flow_rest = 0.0
        self.head_nl = volume_nl
        self.out_nl = 0.0
        self.leak_nl = leak * volume_nl
        self.leaked_nl += self.leak_nl
        self.pressure_kpa += (volume_nl - self.leak_nl) / self.compliance
