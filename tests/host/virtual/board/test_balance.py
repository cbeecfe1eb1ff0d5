"""The balance on its own port: an MT-SICS dialogue as a host's driver has it."""

from collections.abc import Iterator

import pytest
from tests.host.virtual.board.support import FIRMWARE, SECOND, Lines

from pumpbench.virtual.board import VirtualBoard

QUIET = {"balance": {"noise_mg": 0.0, "resolution_mg": 0.1}, "sensor": {"noise_ul_per_min": 0.0}}


class Balance(Lines):
    def __enter__(self) -> "Balance":
        return self

    def ask(self, line: str) -> str:
        self.port.write(line.encode() + b"\r\n")
        return self.reply()

    def reply(self) -> str:
        data: bytes = self.port.readline()
        assert data.endswith(b"\r\n"), f"no whole line came: {data!r}"
        return data.decode()[:-2]


@pytest.fixture
def board() -> Iterator[VirtualBoard]:
    with VirtualBoard(speed="max", firmware=FIRMWARE, plant=QUIET) as board:
        yield board


@pytest.fixture
def balance(board: VirtualBoard) -> Iterator[Balance]:
    with Balance(board.balance_port) as balance:
        yield balance


def deliver(board: VirtualBoard, steps: int) -> None:
    with Lines(board.port) as link:
        link.send(f"turn 1000 {steps}")
        link.ask("echo turning")
        board.advance(steps * 1000)


def test_balance_answers_each_command_at_the_frozen_time(balance: Balance) -> None:
    assert balance.ask("S") == "S S     0.0000 g"
    assert balance.ask("SI") == "S S     0.0000 g"
    assert balance.ask("Z") == "Z A"
    assert balance.ask("ZI") == "ZI S"
    assert balance.ask("T") == "T S     0.0000 g"
    assert balance.ask("TI") == "TI S     0.0000 g"
    assert balance.ask("I4") == 'I4 A "B123456789"'
    assert balance.ask("@") == 'I4 A "B123456789"'


def test_balance_tells_wrong_commands_apart(balance: Balance) -> None:
    assert balance.ask("s") == "ES"
    assert balance.ask("HELLO") == "ES"
    assert balance.ask("S 1") == "EL"
    assert balance.ask("S\x01") == "ET"
    assert balance.ask("S" * 100) == "ET"
    assert balance.ask("S").startswith("S S ")


def test_balance_weighs_what_came_out_of_the_outlet_less_tare(board: VirtualBoard, balance: Balance) -> None:
    deliver(board, 32_000)
    board.advance(60 * SECOND)
    truth_mg = board.control.truth()["outlet_nl"] * 0.998 / 1000
    shown_g = float(balance.ask("S").split()[2])
    assert truth_mg > 100
    assert shown_g * 1000 == pytest.approx(truth_mg, abs=0.06)
    assert balance.ask("T") == f"T S {shown_g:10.4f} g"
    assert balance.ask("S") == "S S     0.0000 g"
    assert balance.ask("@").startswith("I4 A")
    assert balance.ask("S") == f"S S {shown_g:10.4f} g"


def test_stable_weight_waits_in_virtual_time_while_liquid_flows(
    board: VirtualBoard, balance: Balance
) -> None:
    with Lines(board.port) as link:
        link.send("turn 1000 20000")
        link.ask("echo turning")
        board.advance(5 * SECOND)
        assert balance.ask("SI").startswith("S D ")
        balance.port.write(b"S\r\n")
        assert balance.ask("SI") == "S I"
        board.advance(30 * SECOND)
        assert balance.reply().startswith("S S ")


def test_stable_weight_that_never_comes_is_given_up(board: VirtualBoard, balance: Balance) -> None:
    board.control.fault("balance-touched", value=3.0)
    board.advance(SECOND)
    balance.port.write(b"S\r\n")
    board.advance(60 * SECOND)
    assert balance.reply() == "S I"


def test_repeated_weights_come_in_virtual_time_until_the_next_command(
    board: VirtualBoard, balance: Balance
) -> None:
    assert balance.ask("SIR").startswith("S S ")
    board.advance(SECOND)
    assert [balance.reply() for _ in range(10)] == ["S S     0.0000 g"] * 10
    assert balance.ask("SI").startswith("S S ")
    board.advance(SECOND)
    assert balance.ask("I4").startswith("I4 A")


def test_faults_of_the_balance_show_on_its_port(board: VirtualBoard, balance: Balance) -> None:
    board.control.fault("balance-overload", duration_s=1)
    board.advance(SECOND // 2)
    assert balance.ask("S") == "S +"
    assert balance.ask("T") == "T +"
    board.advance(SECOND)
    board.control.fault("balance-unit", duration_s=1)
    board.advance(SECOND // 2)
    assert balance.ask("S") == "S S        0.0 mg"
    board.advance(SECOND)
    board.control.fault("balance-silent", duration_s=1)
    board.advance(SECOND // 2)
    balance.port.write(b"S\r\n")
    board.advance(SECOND)
    assert balance.ask("I4").startswith("I4 A")
