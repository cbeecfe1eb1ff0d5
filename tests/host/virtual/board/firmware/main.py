"""A firmware just large enough to try the board: it obeys lines that come over the link and counts its
ticks."""

from pumpfw import hal

MASK = 0x3FFFFFFF
TICK_US = 10_000
board = hal.board()
incoming = bytearray(256)
line = bytearray()
outgoing = bytearray()
ticks = 0
flooding = 0
mark_at = -1
waiting = 0
flow = bytearray(9)


def say(text: str) -> None:
    global outgoing
    outgoing += text.encode() + b"\n"


def obey(words: "list[str]") -> None:
    global flooding, mark_at, waiting
    verb = words[0]
    if verb == "echo":
        say(" ".join(words[1:]))
    elif verb == "who":
        say(f"{board.name} cause {board.reset_cause} ticks {ticks} us {board.ticks_us()}")
    elif verb == "reset":
        board.reset()
    elif verb == "crash":
        raise ValueError("told to crash")
    elif verb == "hang":
        while True:
            board.idle_until((board.ticks_us() + TICK_US) & MASK)
    elif verb == "watchdog":
        board.watchdog_start(int(words[1]))
    elif verb == "program":
        board.flash.program(int(words[1]), bytes([int(words[2])] * int(words[3])))
        say("programmed")
    elif verb == "erase":
        board.flash.erase(int(words[1]))
        say("erased")
    elif verb == "read":
        data = bytearray(int(words[2]))
        board.flash.read_into(int(words[1]), data)
        say(" ".join(str(byte) for byte in data))
    elif verb == "turn":
        board.stepper.enable(True)
        board.stepper.set_interval(int(words[1]), 0)
        board.stepper.permit(int(words[2]))
    elif verb == "steps":
        say(f"{board.stepper.steps()} home {board.home_edges()} {board.home_steps()}")
    elif verb == "sense":
        board.i2c_write(8, bytes((0x36, 0x08)))
        say("sensing")
    elif verb == "flow":
        board.i2c_request(8, len(flow))
        if board.i2c_fetch_into(flow, len(flow)):
            say(" ".join(str(byte) for byte in flow))
        else:
            say("no acknowledge")
    elif verb == "stop-input":
        say("pulled" if board.stop_input() else "free")
    elif verb == "mark-at":
        mark_at = int(words[1])
    elif verb == "flood":
        flooding = int(words[1])
    elif verb == "flood-at":
        mark_at = int(words[1])
        waiting = int(words[2])


def listen() -> None:
    global line
    count = board.port.readinto(incoming)
    for i in range(count):
        if incoming[i] == 10:
            words = bytes(line).decode().split(" ")
            line = bytearray()
            obey(words)
        else:
            line.append(incoming[i])


def talk() -> None:
    global outgoing, flooding
    while flooding and len(outgoing) < 200:
        outgoing += b"%d\n" % flooding
        flooding -= 1
    if outgoing:
        taken = board.port.write(outgoing, 0, len(outgoing))
        outgoing = bytearray(outgoing[taken:])


next_tick = TICK_US
while True:
    listen()
    talk()
    board.idle_until(next_tick)
    if (board.ticks_us() - next_tick) & 0x20000000:
        continue
    next_tick = (next_tick + TICK_US) & MASK
    ticks += 1
    if ticks == mark_at:
        board.mark_event(1)
        say("marked")
        flooding = waiting
    board.watchdog_feed()
