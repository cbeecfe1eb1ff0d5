"""Boards that several tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.host.virtual.board.support import FIRMWARE

from pumpbench.virtual.board import VirtualBoard


@pytest.fixture(scope="module")
def control_board() -> Iterator[VirtualBoard]:
    """A board at full speed whose time no test lets pass."""
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board:
        yield board


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """An empty folder of the test's own."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
