"""Lamps and buzzer of an alarm's priority, in the rhythms of IEC 60601-1-8.

high      red, 2 flashes a second; a burst of ten pulses, again after 5 s
medium    yellow, a flash in 1.6 s; a burst of three pulses, again after 6 s
low       cyan, steady; two pulses, once
"""

import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

_UNIT_US = 25_000
_MASK = 0x3FFFFFFF
_HALF = 0x20000000
_TONE_HZ = 880
_LOUD = 32_768  # half of each wave

# By priority: times on and off in turns, in units of 25 ms, for ever; after a 0 nothing changes any more.
_LAMPS = (b"", b"\x00", b"\x20\x20", b"\x0a\x0a")
_TEN = b"\x06\x04\x06\x04\x06\x0e\x06\x04\x06"
_SOUNDS = (b"", b"\x08\x08\x08\x00", b"\x08\x08\x08\x08\x08\xf0", _TEN + b"\x18" + _TEN + b"\xc8")


class Indicator:
    """``show(priority, now_us)``, and then, while it is ``active``, ``service(now_us)`` whenever it is
    ``due_us``. Microseconds modulo 2^30."""

    def __init__(self, wires: "dict[str, int]") -> None:
        self._lamps: "list[Callable[[int], object] | None]" = [None]
        for name in ("cyan", "yellow", "red"):
            pin = machine.Pin(wires[name], machine.Pin.OUT, value=0) if name in wires else None
            self._lamps.append(pin.value if pin else None)
        self._buzzer = None
        if "buzzer" in wires:
            self._buzzer = machine.PWM(machine.Pin(wires["buzzer"]), freq=_TONE_HZ, duty_u16=0)
        self._lamp: "Callable[[int], object] | None" = None
        # Of lamp and sound: the pattern, where in it, when to go on.
        self._patterns = [b"", b""]
        self._at = [0, 0]
        self._next_us = [0, 0]
        self.active = False
        self.due_us = 0

    def show(self, priority: int, now_us: int) -> None:
        """Begin the rhythm of a priority, 0 for none."""
        self._set(0, 0)
        self._set(1, 0)
        self._lamp = self._lamps[priority]
        self._patterns[0] = _LAMPS[priority]
        self._patterns[1] = _SOUNDS[priority]
        self._at[0] = self._at[1] = 0
        self._next_us[0] = self._next_us[1] = now_us
        self.active = priority != 0
        self.due_us = now_us

    def service(self, now_us: int) -> None:
        """Change what is due."""
        self.active = False
        for output in (0, 1):
            at = self._at[output]
            if at < 0:
                continue
            if (now_us - self._next_us[output]) & _MASK < _HALF:
                pattern = self._patterns[output]
                self._set(output, 1 - (at & 1))
                if not pattern[at]:
                    self._at[output] = -1
                    continue
                self._next_us[output] = (self._next_us[output] + pattern[at] * _UNIT_US) & _MASK
                self._at[output] = (at + 1) % len(pattern)
            if not self.active or (self.due_us - self._next_us[output]) & _MASK < _HALF:
                self.due_us = self._next_us[output]
            self.active = True

    def _set(self, output: int, on: int) -> None:
        if output == 0:
            if self._lamp:
                self._lamp(on)
        elif self._buzzer:
            self._buzzer.duty_u16(_LOUD if on else 0)
