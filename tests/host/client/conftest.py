"""Boards and clients that are put away after each test."""

from collections.abc import Iterator

import pytest
from tests.host.client.scripted_board import ScriptedBoard


@pytest.fixture
def board() -> Iterator[ScriptedBoard]:
    with ScriptedBoard() as scripted:
        yield scripted


@pytest.fixture(params=["tcp", "pty"])
def either_board(request: pytest.FixtureRequest) -> Iterator[ScriptedBoard]:
    with ScriptedBoard(request.param) as scripted:
        yield scripted
