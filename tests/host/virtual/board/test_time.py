"""Virtual time: grants move it, nothing else does at full speed; a finite speed follows the wall."""

import time
from pathlib import Path

import pytest
from tests.host.virtual.board.support import FIRMWARE, INTERPRETERS, SECOND, Lines

from pumpbench.virtual.board import VirtualBoard
from pumpbench.virtual.errors import ControlError

CAUGHT_UP_S = 0.25  # of wall time, at most, by a board that was held up before


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_grant_moves_time_by_exactly_what_was_asked(interpreter: str) -> None:
    with (
        VirtualBoard(speed="max", firmware=FIRMWARE, interpreter=interpreter) as board,
        Lines(board.port) as link,
    ):
        for us, now in ((0, 0), (1, 1), (12_345, 12_346), (SECOND, 1_012_346)):
            assert board.advance(us) == {"now_us": now, "reason": "time"}
        assert link.ask("who") == "virtual cause 1 ticks 101 us 1012346"


def test_grant_until_an_event_ends_at_the_event_and_what_the_board_said_of_it_is_there() -> None:
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board, Lines(board.port) as link:
        link.send("mark-at 123")
        assert board.advance(SECOND) == {"now_us": SECOND, "reason": "time"}
        assert board.advance(3600 * SECOND, until="event") == {"now_us": 1_230_000, "reason": "event"}
        assert link.line() == "marked"
        assert board.advance(SECOND, until="event") == {"now_us": 2_230_000, "reason": "time"}


def test_clock_error_makes_the_board_count_more_than_the_truth() -> None:
    plant = {"clock": {"error_ppm": 100.0}}
    with VirtualBoard(speed="max", firmware=FIRMWARE, plant=plant) as board, Lines(board.port) as link:
        for _ in range(10):
            board.advance(10 * SECOND)
        assert link.ask("who").endswith(f"us {100 * SECOND + 10_000}")
        assert board.control.truth()["now_us"] == 100 * SECOND


def test_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def record(seed: int, name: str) -> tuple[list[str], str]:
        truth = tmp_path / name
        with (
            VirtualBoard(speed="max", seed=seed, firmware=FIRMWARE, truth=truth) as board,
            Lines(board.port) as link,
        ):
            link.ask("sense")
            link.send("turn 1000 1000000")
            link.ask("echo turning")
            lines = []
            for _ in range(20):
                board.advance(250_000)
                lines += [link.ask("flow"), link.ask("steps"), link.ask("who")]
        return lines, truth.read_text()

    first = record(7, "first.csv")
    assert record(7, "second.csv") == first
    assert record(8, "third.csv")[0] != first[0]


def test_finite_speed_follows_the_wall() -> None:
    with VirtualBoard(speed=20, firmware=FIRMWARE) as board:
        start_s, start_us = time.monotonic(), board.control.truth()["now_us"]
        board.advance(60 * SECOND)
        passed_us, passed_s = board.control.truth()["now_us"] - start_us, time.monotonic() - start_s
    assert passed_us >= 60 * SECOND
    assert passed_us / SECOND <= 20 * (passed_s + CAUGHT_UP_S)


def test_firmware_that_ended_says_so_in_the_grant(capfd: pytest.CaptureFixture[str]) -> None:
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board, Lines(board.port) as link:
        link.send("crash")  # nobody answers it: it may arrive when the grant is well under way
        assert board.advance(60 * SECOND) == {"now_us": 60 * SECOND, "reason": "end"}
    assert "told to crash" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"advance\n", "not a line of JSON"),
        (b"[]\n", "a request is a JSON object"),
        (b"{}\n", "exactly one of advance_us, fault"),
        (b'{"advance_us": 1, "peek": "truth"}\n', "exactly one of"),
        (b'{"advance_us": -1}\n', "advance_us is -1, allowed are whole numbers from 0 to"),
        (b'{"advance_us": true}\n', "advance_us is True"),
        (b'{"advance_us": 1, "until": "noon"}\n', "until is 'noon'"),
        (b'{"advance_us": 1, "untill": null}\n', "unknown key 'untill', allowed are advance_us, until"),
        (b'{"fault": {"kind": "fire"}}\n', "kind is 'fire', allowed are occlusion"),
        (b'{"fault": {"kind": "occlusion", "value": 2}}\n', "value is 2, allowed are numbers from 0 to 1"),
        (b'{"fault": "occlusion"}\n', "fault is 'occlusion', not a JSON object"),
        (b'{"refill": {"reservoir": 4, "contents_ml": 1}}\n', "reservoir is 4"),
        (b'{"power_cut": {"after_flash_bytes": 1.5}}\n', "after_flash_bytes is 1.5"),
        (b'{"peek": "future"}\n', "peek is 'future'"),
        (b'{"stop_input": 1}\n', "stop_input is 1"),
    ],
)
def test_bad_control_line_is_answered_with_what_is_wrong(
    line: bytes, complaint: str, control_board: VirtualBoard
) -> None:
    with pytest.raises(ControlError) as refused:
        control_board.control.ask_line(line)
    assert complaint in str(refused.value)
    assert control_board.advance(0)["now_us"] == 0
