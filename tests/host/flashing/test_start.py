"""Waiting for the pump that was put on a board, and the proof that it is well."""

from typing import Any

import pytest

from pumpbench.client import Client, NoDevice, connect
from pumpbench.flashing import start
from pumpbench.flashing.places import Places
from pumpbench.flashing.start import wait_for_pump
from pumpbench.virtual.board import VirtualBoard


def test_a_pump_that_was_held_up_before_it_told_its_self_test_is_asked_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held_up: list[str] = []

    def connect_at_last(url: str, **options: Any) -> Client:
        if not held_up:
            held_up.append(url)
            raise NoDevice("no pump answered within 5 s")
        return connect(url, **options)

    monkeypatch.setattr(start, "connect", connect_at_last)
    with VirtualBoard(speed=1) as board:
        answered = wait_for_pump(Places(board.port), 120, lambda: None)
    assert held_up
    assert answered is not None
    assert answered.selftest is not None
