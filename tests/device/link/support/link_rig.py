"""The firmware's link with everything behind it but the pump, on a cable of byte arrays.

Runs on both interpreters.
"""

from nor_flash import NorFlash

from pumpfw.config import Config
from pumpfw.errors import Refused
from pumpfw.events import Events
from pumpfw.flashlog import FlashLog
from pumpfw.journal import Journal
from pumpfw.link import Link
from pumpfw.readings import Readings, new_cells
from pumpfw.summaries import Summaries
from pumpfw.telemetry import Telemetry, is_record_due
from pumplink import codec, numbers, states, version
from pumplink.frame import MAX_FRAME, FrameReader, FrameWriter

TICK_US = 10_000
MASK = 0x3FFFFFFF


class Cable:
    """The board's port; ``sent`` is what the host received, ``room`` what the port still takes."""

    def __init__(self):
        self.is_open = True
        self.to_board = bytearray()
        self.sent = bytearray()
        self.room = None

    def connected(self):
        return self.is_open

    def readinto(self, buffer):
        count = min(len(buffer), len(self.to_board))
        buffer[:count] = self.to_board[:count]
        self.to_board = self.to_board[count:]
        return count

    def write(self, buffer, start, length):
        if self.room is not None:
            length = min(length, self.room)
            self.room -= length
        self.sent.extend(buffer[start : start + length])
        return length

    def send(self, packet):
        """Send a packet at once, if there is room for it."""
        if self.room is not None and self.room < len(packet):
            return False
        self.write(packet, 0, len(packet))
        return True

    def max_records_hz(self, tick_hz):
        return tick_hz


class Board:
    """As much of a board as the link knows."""

    name = "test"
    unique_id = bytes(range(16))
    reset_cause = 1
    capabilities = 0

    def __init__(self, flash):
        self.flash = flash
        self.port = Cable()
        self.time_us = 0
        self.marked = 0  # the event that was shown last

    def ticks_us(self):
        return self.time_us & MASK

    def idle_until(self, ticks_us):
        return len(self.port.to_board) > 0

    def mark_event(self, code):
        self.marked = code


class SelfTest:
    """A report of a board on which all is well."""

    def report(self):
        return 63, 0, 100_000, 1 << 20, 0, 1000, bytes(8)


class Slots:
    """Programs and calibration that note what was asked and answer the least."""

    def __init__(self, calls):
        self._calls = calls

    def begin(self, values):
        self._calls.append(("begin", list(values)))

    def add_segment(self, values):
        self._calls.append(("add_segment", list(values)))

    def stage(self):
        self._calls.append(("stage",))
        return b"12345678", 30_000_000, 86_400 * 14, 50_000

    def get(self, slot):
        raise Refused(states.REFUSED_NOTHING, 0, slot)

    def get_segment(self, slot, index):
        raise Refused(states.REFUSED_NOTHING, 0, slot)

    def commit(self, digest):
        self._calls.append(("commit", digest))

    def set(self, values):
        self._calls.append(("calibrate", list(values)))


class Pump:
    """Notes what it is told in ``calls``; moves nothing."""

    def __init__(self, config, readings):
        self.config = config
        self.readings = readings
        self.calls = []
        self.programs = self.calibration = Slots(self.calls)

    def stop(self, reason):
        self.readings.state = states.STOPPED
        self.calls.append(("stop", reason))

    def start(self, digest, resume, lease_s):
        self.readings.state = states.RUNNING
        self.calls.append(("start", digest, resume, lease_s))

    def pause(self):
        if self.readings.state != states.RUNNING:
            raise Refused(states.REFUSED_STATE, value=self.readings.state)
        self.readings.state = states.PAUSED
        self.calls.append(("pause",))

    def bolus(self, reservoir, volume_nl, rate_nl_h):
        if volume_nl > self.config.max_bolus_nl:
            raise Refused(states.REFUSED_LIMIT, 1, volume_nl, 1, self.config.max_bolus_nl)
        self.calls.append(("bolus", reservoir, volume_nl, rate_nl_h))

    def move(self, kind, reservoir, volume_nl, rate_nl_h):
        self.calls.append(("move", kind, reservoir, volume_nl, rate_nl_h))

    def renew_lease(self, duration_s):
        self.calls.append(("lease", duration_s))

    def acknowledge(self, code):
        self.calls.append(("acknowledge", code))

    def fit_tube(self, number):
        self.calls.append(("fit_tube", number))

    def link_alive(self, connected):
        self.calls.append(("link", connected))

    def told(self, name):
        """Every call by that name."""
        return [call for call in self.calls if call[0] == name]


class Rig:
    """A board with a host's end of its cable. A second Rig on the same flash is the board after a reset."""

    def __init__(self, flash=None, tick_hz=100):
        self.board = Board(flash or NorFlash())
        self.cells = new_cells()
        self.readings = Readings(self.cells)
        self.readings.tick_hz = tick_hz
        self.pump = Pump(Config({}), self.readings)
        self.flash_log = FlashLog(self.board.flash)
        self.journal = Journal(self.flash_log)
        self.readings.boot = self.journal.boot_count
        self.events = Events(self.flash_log, self.journal, self.cells, self.board)
        self.telemetry = Telemetry(self.cells, self.readings, self.board.port.max_records_hz(tick_hz))
        self.summaries = Summaries(self.flash_log, self.readings)
        self.link = Link(
            self.board,
            self.cells,
            self.pump,
            self.journal,
            self.events,
            self.telemetry,
            self.summaries,
            SelfTest(),
        )
        self.token = 0
        self.last_request = 0
        self._writer = FrameWriter()
        self._sequence = 0
        self.reader = FrameReader()
        self._others = []  # frames that came before the answer that was waited for

    # --- the board's side ---

    def tick(self, count=1):
        """Let that many ticks pass, with all that the main loop does in between."""
        for _ in range(count):
            self.slack()
            self.board.time_us += TICK_US
            now = self.readings
            now.now_hi, now.now_lo = self.board.time_us >> 30, self.board.time_us & MASK
            if is_record_due(self.cells):
                self.telemetry.record()
            if self.board.time_us % 1_000_000 < TICK_US:
                self.summaries.second()

    def slack(self):
        """What the loop does between two ticks."""
        while self.link.poll():  # a frame is made and sent in several slices
            pass
        self.flash_log.service()
        self.events.service()
        self.summaries.service()

    def settle(self):
        """Do the slack's work until there is none left."""
        while (
            self.link.poll() or self.flash_log.service() or self.events.service() or self.summaries.service()
        ):
            if self.board.port.room == 0:
                return

    # --- the host's side ---

    def frame(self, number, payload=b""):
        """The bytes of a frame from the host."""
        out = bytearray(MAX_FRAME)
        end = self._writer.encode(out, 0, number, self._sequence, payload, len(payload))
        self._sequence = (self._sequence + 1) & 0xFFFF
        return bytes(out[:end])

    def message(self, number, *values):
        """The bytes of a message from the host."""
        payload = bytearray(codec.size(number))
        codec.pack_into(number, payload, 0, values)
        return self.frame(number, bytes(payload))

    def send(self, data):
        self.board.port.to_board.extend(data)

    def received(self):
        """``(number, payload)`` of every frame that came since the last call."""
        sent = self.board.port.sent
        self.board.port.sent = bytearray()
        self.reader.feed(sent, len(sent))
        frames = self._others
        self._others = []
        while self.reader.next():
            frames.append((self.reader.kind, bytes(self.reader.payload[: self.reader.length])))
        return frames

    def ask(self, number, *values):
        """Send a message and return ``(number, values)`` of its answer."""
        self.send(self.message(number, *values))
        self.settle()
        frames = self.received()
        answers = [frame for frame in frames if frame[0] in (number | numbers.ANSWER_BIT, numbers.REFUSED)]
        self._others = [frame for frame in frames if frame not in answers]
        assert len(answers) == 1, answers
        kind, payload = answers[0]
        return kind, codec.unpack_from(kind, payload, 0, len(payload))

    def hello(self, role=states.COMMAND, nonce=77, schema=None):
        """Say hello; the values of the answer."""
        schema = codec.schema_hash() if schema is None else schema
        kind, values = self.ask(numbers.HELLO, version.PROTOCOL, schema, nonce, role)
        assert kind == numbers.HELLO | numbers.ANSWER_BIT
        self.token = values[3]
        return values

    def request(self, number, *fields, request=None):
        """Send a request of this session; ``(number, values after the request's id)`` of its answer."""
        if request is None:
            self.last_request += 1
            request = self.last_request
        kind, values = self.ask(number, self.token, request, *fields)
        assert values[0] == request
        return kind, values[1:]
