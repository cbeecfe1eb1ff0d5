"""What a board carries of the protocol, and what that takes of a heap whose objects are twice as wide."""

import shutil
from pathlib import Path

import pytest

from pumplink.board_files import BOARD_FILES
from tests.support.micropython import SHARED, run_micropython

IN_USE = """
import gc
gc.collect()
before = gc.mem_alloc()
from pumplink import alarms, codec, errors, frame, numbers, states, version
gc.collect()
print(gc.mem_alloc() - before)
"""

READ_GARBAGE = """
import gc
from pumplink.frame import FrameReader
reader = FrameReader()
garbage = bytearray(b"\\x11" * 512)
gc.collect()
before = gc.mem_alloc()
for _ in range(2000):
    reader.feed(garbage, 512)
    assert not reader.next()
gc.collect()
print(gc.mem_alloc() - before)
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A folder with what a board carries, and nothing else."""
    package = tmp_path / "board" / "pumplink"
    package.mkdir(parents=True)
    for name in BOARD_FILES:
        shutil.copy(SHARED / "pumplink" / name, package / name)
    return package.parent


def printed(source: str, board: Path, heapsize: str) -> int:
    done = run_micropython(source, path=(board,), heapsize=heapsize)
    assert done.returncode == 0, done.stderr + done.stdout
    return int(done.stdout)


def test_the_board_files_are_complete_and_fit_a_small_heap(board: Path) -> None:
    assert printed(IN_USE, board, "64k") < 28_000


def test_a_megabyte_without_a_zero_takes_no_memory(board: Path) -> None:
    assert printed(READ_GARBAGE, board, "48k") < 500
