"""Power cuts, resets, the watchdog, pulled cables and disturbed bytes: what the board forgets and what it
keeps."""

from pathlib import Path

import pytest
import serial
from tests.host.virtual.board.support import FIRMWARE, INTERPRETERS, SECOND, Lines

from pumpbench.virtual.board import VirtualBoard

pytestmark = pytest.mark.parametrize("interpreter", INTERPRETERS)


def board_with(interpreter: str, **options: object) -> VirtualBoard:
    return VirtualBoard(speed="max", firmware=FIRMWARE, interpreter=interpreter, **options)  # type: ignore[arg-type]


def assert_gone(link: Lines) -> None:
    with pytest.raises(serial.SerialException):
        read_on(link)


def read_on(link: Lines) -> None:
    while link.port.read(1):
        pass


def test_power_cut_boots_again_with_memory_gone_and_flash_kept(interpreter: str) -> None:
    with board_with(interpreter) as board:
        with Lines(board.port) as link:
            board.advance(SECOND)
            assert link.ask("program 100 7 3") == "programmed"
            board.control.power_cut()
            assert_gone(link)
        board.advance(SECOND)
        with Lines(board.port) as link:
            assert link.ask("who") == "virtual cause 1 ticks 100 us 1000000"
            assert link.ask("read 99 5") == "255 7 7 7 255"


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 300])
def test_power_cut_in_the_midst_of_programming_leaves_exactly_that_many_bytes(
    interpreter: str, count: int
) -> None:
    with board_with(interpreter) as board:
        with Lines(board.port) as link:
            link.ask("echo hello")
            board.control.power_cut(after_flash_bytes=count)
            link.send("program 4000 0 301")
            assert_gone(link)
        with Lines(board.port) as link:
            data = link.ask("read 4000 301").split()
            assert data == ["0"] * count + ["255"] * (301 - count)


def test_power_cut_fault_keeps_the_board_off_for_its_duration(interpreter: str, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    with board_with(interpreter, truth=truth) as board:
        board.control.fault("power-cut", at_s=10, duration_s=5)
        board.advance(12 * SECOND)
        with Lines(board.port) as link:
            assert_gone(link)
        board.advance(8 * SECOND)
        with Lines(board.port) as link:
            assert link.ask("who") == "virtual cause 1 ticks 500 us 5000000"
    assert (tmp_path / "truth.faults.csv").read_text().splitlines() == [
        "time_us,kind,on,value",
        "10000000,power-cut,1,1.0",
        "15000000,power-cut,0,",
    ]


def test_reset_by_the_firmware_and_by_the_watchdog_tell_their_causes(interpreter: str) -> None:
    with board_with(interpreter) as board:
        with Lines(board.port) as link:
            link.send("reset")
            assert_gone(link)
        with Lines(board.port) as link:
            assert link.ask("who").startswith("virtual cause 5 ")
            link.send("watchdog 2000")
            link.ask("echo on")
            board.advance(10 * SECOND)
            assert "cause 5" in link.ask("who")
            link.send("hang")
            board.advance(3 * SECOND)
            assert_gone(link)
        with Lines(board.port) as link:
            assert link.ask("who").startswith("virtual cause 3 ticks 100 ")


def test_firmware_that_fell_over_is_restarted_by_the_watchdog(interpreter: str) -> None:
    with board_with(interpreter) as board:
        with Lines(board.port) as link:
            link.send("watchdog 500")
            link.ask("echo armed")
            link.send("crash")  # nobody answers it, so a few ticks of the grant may pass before it arrives
            board.advance(SECOND)
            assert_gone(link)
        with Lines(board.port) as link:
            words = link.ask("who").split()
            assert words[:3] == ["virtual", "cause", "3"]
            assert 0 < int(words[4]) <= 50


def test_pulled_cable_ends_the_connection_and_refuses_new_ones_until_it_is_back(interpreter: str) -> None:
    with board_with(interpreter) as board:
        with Lines(board.port) as link:
            link.ask("echo hello")
            board.control.fault("unplug", duration_s=5)
            board.advance(SECOND)
            assert_gone(link)
        with Lines(board.port) as link:
            assert_gone(link)
        board.advance(5 * SECOND)
        with Lines(board.port) as link:
            assert link.ask("who").startswith("virtual cause 1 ticks 600 ")


def test_bit_errors_disturb_bytes_at_their_rate_and_the_same_way_each_time(interpreter: str) -> None:
    def flood() -> bytes:
        with board_with(interpreter, seed=5) as board, Lines(board.port) as link:
            link.send("flood-at 10 4000")
            link.ask("echo waiting")
            board.control.fault("bit-errors", value=1e-3)
            board.advance(10 * SECOND)
            received: bytes = link.port.read(len(clean))
            return received

    clean = ("marked\n" + "".join(f"{number}\n" for number in range(4000, 0, -1))).encode()
    disturbed = flood()
    wrong = sum((a ^ b).bit_count() for a, b in zip(clean, disturbed, strict=True))
    assert 0.5 < wrong / (len(clean) * 8 * 1e-3) < 1.5
    assert flood() == disturbed


def test_slow_tick_delays_every_tick(interpreter: str) -> None:
    with board_with(interpreter) as board, Lines(board.port) as link:
        board.control.fault("slow-tick", value=15, duration_s=1)
        board.advance(500_000)
        before = int(link.ask("who").split()[4])
        assert before < 50
        board.advance(5 * SECOND)
        assert int(link.ask("who").split()[4]) == 550


def test_motor_stands_after_a_reset_and_its_count_begins_anew(interpreter: str) -> None:
    with board_with(interpreter) as board:
        with Lines(board.port) as link:
            link.send("turn 1000 1000000")
            link.ask("echo turning")
            board.advance(SECOND)
            assert link.ask("steps").startswith("1000 ")
            link.send("reset")
            assert_gone(link)
        board.advance(SECOND)
        with Lines(board.port) as link:
            assert link.ask("steps").startswith("0 ")
        assert board.control.truth()["steps"] == 1000


def test_flash_image_outlives_the_process(interpreter: str, tmp_path: Path) -> None:
    image = tmp_path / "flash.bin"
    with board_with(interpreter, flash=image) as board, Lines(board.port) as link:
        link.ask("program 8192 1 2")
    with board_with(interpreter, flash=image) as board, Lines(board.port) as link:
        assert link.ask("read 8192 3") == "1 1 255"
        assert link.ask("erase 8192") == "erased"
        assert link.ask("read 8192 3") == "255 255 255"
