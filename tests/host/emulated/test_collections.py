"""The firmware on the chip while its heap is collected: the ticks come in time all the same."""

import shutil
from pathlib import Path

from tests.bench.chip_line import Line

from pumpbench.client import payloads
from pumpbench.emulated.board import EmulatedBoard
from pumplink import numbers

ANSWERS = 70  # the first collection is due after 64
LITTLE = 1_000  # bytes: so many answers leave far more behind
COMES_UP_US = 2_000_000


def ask(line: Line, number: int) -> dict[str, int]:
    """The fields of the answer."""
    line.advance(20_000)
    line.send(line.frame(number, session=0, request=1))
    answer = line.await_answer(number)
    assert answer is not None
    return payloads.decode(number | numbers.ANSWER_BIT, answer)


def test_no_tick_is_late_because_the_heap_is_collected(flashed_image: Path, tmp_path: Path) -> None:
    image = tmp_path / "flash.bin"
    shutil.copy(flashed_image, image)
    with EmulatedBoard(seed=7, flash=image) as board, Line(board) as line:
        line.advance(COMES_UP_US)
        assert line.open()
        free_before = ask(line, numbers.SELFTEST)["memory_free"]
        late_before = ask(line, numbers.LINK_HEALTH)["late_ticks"]
        for _ in range(ANSWERS):
            line.send(line.frame(numbers.STATUS))
            assert line.await_answer(numbers.STATUS) is not None
        assert ask(line, numbers.LINK_HEALTH)["late_ticks"] == late_before
        assert ask(line, numbers.SELFTEST)["memory_free"] > free_before - LITTLE, "nothing was collected"
