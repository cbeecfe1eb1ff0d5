"""The outermost edge: a board whose head delivers exactly what is stepped, and whose clock moves when it is
told to.

Runs on both interpreters; nothing that the tick calls allocates.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MASK = 0x3FFFFFFF
ALL_CAPABILITIES = 1 | 2 | 4 | 8 | 16


def crc8(word):  # type: ignore[no-untyped-def]
    crc = 0xFF
    for byte in word:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
    return crc


class FakeStepper:
    """Steps at exact times; ``position`` is forward less backward. ``left_out`` percent of the steps are not
    made."""

    def __init__(self, board: "FakeBoard") -> None:
        self.board = board
        self.made = 0
        self.position = 0
        self.permitted = 0
        self.interval = 0  # us * 65536
        self.phase = 0  # time since the last step, us * 65536
        self.forward = True
        self.enabled = False
        self.at_us = 0
        self.left_out = 0
        self.lacking = 0  # of the next step left out, in percent

    def catch_up(self) -> None:
        dt = (self.board.now_us - self.at_us) << 16
        self.at_us = self.board.now_us
        if not self.interval or not self.permitted:
            return
        self.phase += dt
        steps = self.phase // self.interval
        self.phase -= steps * self.interval
        self.lacking += steps * self.left_out
        steps -= self.lacking // 100
        self.lacking %= 100
        if steps >= self.permitted:
            steps = self.permitted
            self.phase = 0
        self.permitted -= steps
        self.made += steps
        if self.enabled:
            self.position += steps if self.forward else -steps

    def set_interval(self, us: int, frac_q16: int) -> None:
        self.catch_up()
        interval = (us << 16) + frac_q16
        if interval and self.interval:
            coarse = 0 if self.interval < 1 << 31 > interval else 16  # 62 bits are a heap object
            self.phase = (
                (self.phase >> coarse) * (interval >> coarse) // (self.interval >> coarse)
            ) << coarse
        self.interval = interval or 0
        if not interval:
            self.phase = 0

    def set_forward(self, forward: bool) -> None:
        self.catch_up()
        self.forward = forward

    def permit(self, steps: int) -> None:
        self.catch_up()
        self.permitted = steps

    def steps(self) -> int:
        self.catch_up()
        return self.made & MASK

    def enable(self, on: bool) -> None:
        self.catch_up()
        self.enabled = on

    def cut(self) -> None:
        self.catch_up()
        self.enabled = False
        self.interval = 0
        self.permitted = 0
        self.phase = 0


class FakeBoard:
    """Set ``flow_counts`` (or None: what the head delivers), ``pressure``, ``air``, ``dead`` and the rest at
    will."""

    def __init__(self, config: "dict[str, int]", capabilities: int = ALL_CAPABILITIES) -> None:
        self.name = "fake"
        self.config = {"pressure_pa_at_zero": -20_000, "pressure_pa_full_scale": 230_000}
        self.config.update(config)
        self.capabilities = capabilities
        self.reset_cause = 1
        self.now_us = 0
        self.stepper = FakeStepper(self)
        self.flow_count = 0
        self.air = False
        self.dead = False
        self.bad_crc = False
        self.pressure_pa = 0
        self.pulled = False
        self.valve = 0
        self.priority = 0
        self.marked = 0
        self.home_every = 3200
        self.home_moves = True
        self._edges = 0
        self._edge_at = 0
        self._crcs = bytes([crc8((value >> 8, value & 0xFF)) for value in range(4)])

    def ticks_us(self) -> int:
        return self.now_us & MASK

    def idle_until(self, ticks_us: int) -> None:
        self.now_us += (ticks_us - self.now_us) & MASK

    def i2c_write(self, address: int, buffer: bytes) -> None:
        if self.dead:
            raise OSError(5)

    def i2c_request(self, address: int, count: int) -> None:
        pass

    def i2c_fetch_into(self, buffer: bytearray, count: int) -> bool:
        if self.dead:
            return False
        self._word(buffer, 0, self.flow_count)
        self._word(buffer, 3, 4000)
        self._word(buffer, 6, 1 if self.air else 0)
        if self.bad_crc:
            buffer[2] ^= 0xFF
        return True

    def _word(self, buffer: bytearray, at: int, value: int) -> None:
        value &= 0xFFFF
        buffer[at] = value >> 8
        buffer[at + 1] = value & 0xFF
        crc = 0xFF
        crc ^= value >> 8
        for byte in range(2):
            if byte:
                crc ^= value & 0xFF
            for _ in range(8):
                crc = ((crc << 1) ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
        buffer[at + 2] = crc

    def pressure_raw(self) -> int:
        zero = self.config["pressure_pa_at_zero"]
        raw = (self.pressure_pa - zero) * 65535 // (self.config["pressure_pa_full_scale"] - zero)
        return min(max(raw, 0), 65535)

    def home_edges(self) -> int:
        if self.home_moves:
            edges = self.stepper.made // self.home_every
            if edges != self._edges:
                self._edges = edges
                self._edge_at = edges * self.home_every
        return self._edges

    def home_steps(self) -> int:
        return self._edge_at

    def stop_input(self) -> bool:
        return self.pulled

    def select_valve(self, index: int) -> None:
        self.valve = index

    def indicate(self, priority: int) -> None:
        self.priority = priority

    def mark_event(self, code: int) -> None:
        self.marked += 1


class FakeEvents:
    """Keeps the first events in arrays of its own, so that the tick allocates nothing."""

    def __init__(self) -> None:
        self.count = 0
        self._codes = bytearray(4096)
        self._a = [0] * 4096
        self._b = [0] * 4096

    def add(self, code: int, a: int, b: int, priority: int) -> None:
        if self.count < 4096:
            self._codes[self.count] = code
            self._a[self.count] = a
            self._b[self.count] = b
            self.count += 1

    def of(self, code: int) -> "list[tuple[int, int]]":
        return [(self._a[i], self._b[i]) for i in range(self.count) if self._codes[i] == code]


class FakeJournal:
    """Keeps documents; ``broken`` makes every write fail."""

    def __init__(self) -> None:
        self.boot_count = 1
        self.documents: dict[int, bytes] = {}
        self.puts = 0
        self.broken = False

    def put(self, kind: int, data: "Any") -> None:
        if self.broken:
            from pumpfw.errors import StorageFault

            raise StorageFault("broken")
        self.puts += 1
        self.documents[kind] = bytes(data)

    def get(self, kind: int) -> "bytes | None":
        return self.documents.get(kind)
