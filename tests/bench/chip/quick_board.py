"""A board that costs a chip next to nothing, so that what is measured on one is the firmware: its motor makes
the steps that are due when ``pass_time`` is called, its sensors give what is set."""

import micropython

TYPE_CHECKING = False
if TYPE_CHECKING:
    ptr8 = bytearray

MASK = 0x3FFFFFFF
FRAME = bytearray(9)  # of the flow sensor


@micropython.viper
def request(address: int, count: int):  # type: ignore[no-untyped-def]
    """Machine code, as a chip's own is."""


@micropython.viper
def fetch_into(buffer: ptr8, count: int) -> bool:
    source = ptr8(FRAME)  # a slice would be an object
    at = 0
    while at < count:
        buffer[at] = source[at]
        at += 1
    return True


class QuickStepper:
    """Counts whole microseconds; ``made`` is the hardware's count."""

    def __init__(self) -> None:
        self.made = 0
        self.permitted = 0
        self.interval = 0
        self.since_us = 0
        self.enabled = False

    @property
    def position(self) -> int:
        return self.made

    def set_interval(self, us: int, frac: int) -> None:
        self.interval = us

    def set_forward(self, forward: bool) -> None:
        pass

    def permit(self, steps: int) -> None:
        self.permitted = steps

    def steps(self) -> int:
        return self.made

    def enable(self, on: bool) -> None:
        self.enabled = on

    def cut(self) -> None:
        self.enabled = False
        self.interval = self.permitted = 0

    def pass_time(self, us: int) -> None:
        if not self.interval or not self.permitted:
            return
        since = self.since_us + us
        steps = min(since // self.interval, self.permitted)
        self.since_us = since % self.interval
        self.permitted -= steps
        self.made = (self.made + steps) & MASK


class QuickBoard:
    """The face that the firmware's core asks for."""

    def __init__(self, config: "dict[str, int]", capabilities: int) -> None:
        self.name = "quick"
        self.config = {"pressure_pa_at_zero": -20_000, "pressure_pa_full_scale": 230_000}
        self.config.update(config)
        self.capabilities = capabilities
        self.reset_cause = 1
        self.now_us = 0
        self.stepper = QuickStepper()
        self.pulled = False
        self.pressure_pa = 0
        self.i2c_request = request
        self.i2c_fetch_into = fetch_into
        self._count = -1
        self.set_flow(0)

    def pass_time(self, us: int) -> None:
        self.now_us = (self.now_us + us) & MASK
        self.stepper.pass_time(us)

    def set_flow(self, count: int) -> None:
        if count != self._count:
            self._count = count
            for at, word in ((0, count), (3, 4000), (6, 0)):
                self._word(at, word)

    def _word(self, at: int, value: int) -> None:
        FRAME[at] = value >> 8 & 0xFF
        FRAME[at + 1] = value & 0xFF
        crc = 0xFF
        for byte in FRAME[at : at + 2]:
            crc ^= byte
            for _ in range(8):
                crc = ((crc << 1) ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
        FRAME[at + 2] = crc

    def ticks_us(self) -> int:
        return self.now_us

    def i2c_write(self, address: int, buffer: bytes) -> None:
        pass

    def pressure_raw(self) -> int:
        return 5243 + self.pressure_pa // 16 * 65535 // 15_625  # no product past 2^30

    def home_edges(self) -> int:
        return self.stepper.made // 3200

    def home_steps(self) -> int:
        return self.stepper.made // 3200 * 3200

    def stop_input(self) -> bool:
        return self.pulled

    def select_valve(self, index: int) -> None:
        pass

    def indicate(self, priority: int) -> None:
        pass

    def mark_event(self, code: int) -> None:
        pass


class QuickEvents:
    """Counts events."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, code: int, a: int, b: int, priority: int) -> None:
        self.count += 1


class QuickLog:
    """A log that is never asked to write: that is not the tick's business."""

    capacity = 0

    def __init__(self) -> None:
        self.summaries = self.ring = self
        self.owner = None

    def prepare(self) -> None:
        pass
