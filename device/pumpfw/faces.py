"""What the firmware's core asks of the hardware layer, for the type checker only: nothing on a board imports
this."""

from typing import Any, Protocol


class ptr32:  # noqa: N801  (viper's own names)
    """Memory as viper sees it, in words: of an object that holds some, or at an address."""

    def __init__(self, place: object) -> None: ...
    def __getitem__(self, index: int) -> int: ...  # type: ignore[empty-body]
    def __setitem__(self, index: int, value: int) -> None: ...


class ptr16(ptr32):  # noqa: N801
    """The same in half words."""


class ptr8(ptr32):  # noqa: N801
    """The same in bytes."""


class Stepper(Protocol):
    """Step generation in hardware; see ``pumpfw.hal``."""

    def set_interval(self, us: int, frac_q16: int, /) -> None: ...  # noqa: D102
    def set_forward(self, forward: bool, /) -> None: ...  # noqa: D102
    def permit(self, steps: int, /) -> None: ...  # noqa: D102
    def steps(self) -> int: ...  # noqa: D102
    def enable(self, on: bool, /) -> None: ...  # noqa: D102
    def cut(self) -> None: ...  # noqa: D102


class Board(Protocol):
    """One board; see ``pumpfw.hal``."""

    capabilities: int
    config: "dict[str, Any]"
    reset_cause: int
    stepper: Stepper
    flash: Any
    port: Any

    def ticks_us(self) -> int: ...  # noqa: D102
    def idle_until(self, ticks_us: int, /) -> object: ...  # noqa: D102
    def i2c_write(self, address: int, buffer: bytes, /) -> None: ...  # noqa: D102
    def i2c_request(self, address: int, count: int, /) -> None: ...  # noqa: D102
    def i2c_fetch_into(self, buffer: bytearray, count: int, /) -> bool: ...  # noqa: D102
    def pressure_raw(self) -> int: ...  # noqa: D102
    def home_edges(self) -> int: ...  # noqa: D102
    def home_steps(self) -> int: ...  # noqa: D102
    def stop_input(self) -> bool: ...  # noqa: D102
    def select_valve(self, index: int, /) -> None: ...  # noqa: D102
    def indicate(self, priority: int, /) -> None: ...  # noqa: D102
    def watchdog_start(self, timeout_ms: int, /) -> None: ...  # noqa: D102
    def watchdog_feed(self) -> None: ...  # noqa: D102
    def mark_event(self, code: int, /) -> None: ...  # noqa: D102
