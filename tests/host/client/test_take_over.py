"""Two hosts that take the command from each other, at the real firmware."""

import pytest
from tests.host.client.test_virtual import until

from pumpbench.client import Refusal, connect
from pumpbench.virtual.board import VirtualBoard


def test_whoever_took_the_command_last_has_it() -> None:
    with (
        VirtualBoard() as board,  # at a speed a host that stands still for a moment would be silent for long
        connect(board.port) as first,
        connect(board.port, role="take-over") as second,
    ):
        assert second.role == "command"
        first.take_over()
        assert first.role == "command"
        with pytest.raises(Refusal, match="does not command"):
            second.set_telemetry_rate(5)
        until(lambda: second.role == "observe", "the second knows")
        for rate_hz in (5, 6):
            first.set_telemetry_rate(rate_hz)  # which a second that took it back would not let it
        second.take_over()
        second.set_telemetry_rate(7)
