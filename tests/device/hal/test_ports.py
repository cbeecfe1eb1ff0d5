"""The link on the REPL port of the emulated RP2040: every byte comes, at once where the ring is found, and
mpremote knocks at a pump that stands."""

import pytest
from tests.support.emulated import Prompt, needs_emulator

pytestmark = needs_emulator

MODULES = ("hal/ports", "stop_search")

_OPEN = """
import time, micropython
from pumpfw.hal import ports
off = False
port = ports.ReplPort(lambda: off, lambda: True)
buffer = bytearray(512)
def listen(count, most_ms=2000):
    got = bytearray()
    longest = 0
    begun = time.ticks_ms()
    try:
        while len(got) < count and time.ticks_diff(time.ticks_ms(), begun) < most_ms:
            if port.any():
                a = time.ticks_us()
                n = port.readinto(buffer)
                longest = max(longest, time.ticks_diff(time.ticks_us(), a) // n)
                got += buffer[:n]
    finally:
        micropython.kbd_intr(3)
    return got, longest
"""


@pytest.fixture
def port(prompt: Prompt) -> Prompt:
    """The prompt, with the port opened as ``port``."""
    prompt.run(_OPEN)
    return prompt


def hear(prompt: Prompt, data: bytes, before: str = "") -> str:
    """Send `data` in pieces of 20 bytes while the board listens; return what it printed."""
    prompt.start(f"{before}\nmicropython.kbd_intr(-1)\ngot, us = listen({len(data)})\nprint(got.hex(), us)")
    prompt.board.advance(20_000)
    for at in range(0, len(data), 20):
        prompt.send(data[at : at + 20])
        prompt.board.advance(4_000)
    got = prompt.read_until(b"\x04>")
    return got[got.index(b"OK") + 2 : got.index(b"\x04")].decode()


def test_every_byte_comes_through_whichever_way_it_is_read(port: Prompt) -> None:
    data = bytes(range(256)) * 2
    heard, _ = hear(port, data).split()
    assert bytes.fromhex(heard) == data


def test_a_ring_that_has_proved_itself_is_read_ten_times_quicker(port: Prompt) -> None:
    slow = int(hear(port, bytes(20)).split()[1])
    hear(port, bytes(60))
    quick = int(hear(port, bytes(20)).split()[1])
    assert quick * 10 < slow


def test_output_goes_in_whole_packets_filled_with_zeros(port: Prompt) -> None:
    port.start("port.write(b'before' + b'x' * 70 + b'after', 6, 70)\nmicropython.kbd_intr(3)")
    got = port.read_until(b"\x04>")
    sent = got[got.index(b"OK") + 2 : got.index(b"\x04")]
    assert sent == b"x" * 70 + bytes(58)


@pytest.mark.parametrize("knock", [b"\r\x03", b"\r\x03\x02", b"\r\x03\r\x01"])
def test_mpremotes_knock_gets_in_while_the_driver_is_off_alone(port: Prompt, knock: bytes) -> None:
    script = (
        "off = {off}\nmicropython.kbd_intr(-1)\ntry:\n    print(listen({count})[0])\n"
        "except KeyboardInterrupt:\n    micropython.kbd_intr(3)\n    print('let in')\n"
    )
    said = []
    for off in (False, True):
        port.start(script.format(off=off, count=len(knock)))
        port.board.advance(20_000)
        port.send(knock)
        said.append(b"let in" in port.read_until(b"\x04>"))
    assert said == [False, True]


def test_neither_way_allocates(port: Prompt) -> None:
    port.run(
        "out = bytearray(300)\nport.write(out, 0, 300)\nport.any()\n"
        "micropython.heap_lock()\n"
        "try:\n"
        "    port.any(); port.readinto(buffer); port.write(out, 0, 40); port.connected()\n"
        "finally:\n"
        "    micropython.heap_unlock()\n"
        "    micropython.kbd_intr(3)\n"
    )


def test_a_frame_that_waits_is_seen_and_stays_and_nothing_is_allocated(port: Prompt) -> None:
    hear(port, bytes(60))
    for _ in range(13):  # wherever in the ring it lies: each round begins 40 bytes before the last one
        port.start(
            "micropython.kbd_intr(-1)\ntime.sleep_ms(30)\nseen = [None] * 4\nmicropython.heap_lock()\n"
            "seen[0] = port.seek_ahead(b'\\0stop\\0', 0)\nseen[1] = port.seek_ahead(b'\\0go\\0', 0)\n"
            "seen[2] = port.seek_ahead(b'\\0all...\\0', 4)\nseen[3] = port.seek_ahead(b'\\0stop\\0', 0)\n"
            "micropython.heap_unlock()\nn = port.readinto(buffer)\nmicropython.kbd_intr(3)\n"
            "print(seen, n, buffer[n - 6:n])"
        )
        port.board.advance(10_000)
        port.send(b"...\0" + b"." * 50 + b"\0stop\0")
        heard = port.read_until(b"\x04>")
        assert b"[True, False, True, True] 60 bytearray(b'\\x00stop\\x00')" in heard


def test_a_packet_is_sent_at_once(port: Prompt) -> None:
    assert "at once True" in port.run("time.sleep_ms(5)\nsent = port.send(b'at once ')\nprint(sent)")
