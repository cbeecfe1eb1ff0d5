"""A truth file that cannot be written any more: the board ends with a sentence."""

import sys
from pathlib import Path

import pytest
from tests.host.virtual.board.support import FIRMWARE, SECOND

from pumpbench.virtual.board import VirtualBoard
from pumpbench.virtual.errors import ControlError

_ROOM = 65_536


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files, as Linux can")
def test_a_truth_file_without_room_ends_the_board_with_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import resource

    truth = tmp_path / "truth.csv"
    with VirtualBoard(speed="max", firmware=FIRMWARE, truth=truth) as board:
        resource.prlimit(board.pid, resource.RLIMIT_FSIZE, (_ROOM, _ROOM))
        with pytest.raises(ControlError, match="the board's process has ended"):
            board.advance(1000 * SECOND)
        assert board.wait() == 3
    assert (
        capfd.readouterr().err
        == f"truth file {truth} cannot be written: File too large; the board has ended\n"
    )
    assert truth.stat().st_size == _ROOM
