"""After a reset the firmware's modules are as new, however they import each other, on each interpreter."""

from pathlib import Path

import pytest
from tests.host.virtual.board.support import INTERPRETERS, SECOND, Lines

from pumpbench.virtual.board import VirtualBoard

MAIN = """\
import sys
from fakes import bench
import pumpfw.inner.deep
from pumpfw import counter, inner
import pumpfw.counter as again

def answer():
    counter.count()
    same = again is counter and pumpfw.inner.deep is inner.deep and inner.deep.counter is counter
    return "%d %d %s %s" % (counter.calls, counter.boots(), same, pumpfw.inner.deep.NAME)

parts = bench.powered()
buffer = bytearray(100)
while True:
    count = parts.port.readinto(buffer)
    for _ in range(bytes(buffer[:count]).count(b"\\n")):
        line = (answer() + "\\n").encode()
        parts.port.write(line, 0, len(line))
    parts.clock.idle_until(parts.clock.ticks_us() + 10_000 & 0x3FFFFFFF)
"""
COUNTER = """\
calls = 0
_seen = []

def count():
    global calls
    calls += 1
    _seen.append(calls)

def boots():
    return len(_seen)
"""


@pytest.fixture
def main(tmp_path: Path) -> Path:
    for name, text in {
        "main.py": MAIN,
        "pumpfw/__init__.py": "",
        "pumpfw/counter.py": COUNTER,
        "pumpfw/inner/__init__.py": "from pumpfw import counter\n",
        "pumpfw/inner/deep.py": "from pumpfw import counter\n\nNAME = __name__\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path / "main.py"


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_what_a_module_held_is_gone_and_its_names_are_there(main: Path, interpreter: str) -> None:
    with VirtualBoard(speed="max", firmware=main, interpreter=interpreter) as board:
        for _ in range(4):
            with Lines(board.port) as link:
                assert link.ask("who") == "1 1 True pumpfw.inner.deep"
                assert link.ask("who") == "2 2 True pumpfw.inner.deep"
            board.control.power_cut()
            board.advance(SECOND)
