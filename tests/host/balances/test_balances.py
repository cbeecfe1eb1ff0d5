"""Balances of four makers, over real serial bytes on a pseudo-terminal, and the virtual board's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.fake_balances import MAKERS, FakeBalance

from pumpbench.balances import (
    PROTOCOLS,
    BadProtocol,
    BadRecording,
    NoBalance,
    ReplayBalance,
    SerialBalance,
    balance,
    open_balance,
)
from pumpbench.virtual.board import VirtualBoard

LONG_S = 30.0


@pytest.fixture(params=MAKERS)
def fake(request: pytest.FixtureRequest) -> Iterator[FakeBalance]:
    with FakeBalance(MAKERS[request.param][1]) as served:
        served.protocol = MAKERS[request.param][0]  # type: ignore[attr-defined]
        yield served


@pytest.fixture
def opened(fake: FakeBalance, monkeypatch: pytest.MonkeyPatch) -> Iterator[SerialBalance]:
    for patience in ("ANSWER_S", "COMMAND_S"):  # for answers that do come
        monkeypatch.setattr(balance, patience, LONG_S)
    found = open_balance(fake.port, fake.protocol)  # type: ignore[attr-defined]
    assert isinstance(found, SerialBalance)
    yield found
    found.close()


@pytest.mark.parametrize("mass_g", [0.0, 12.3456, -0.0123, 199.9999])
def test_a_weight_at_rest_is_read_in_grams(fake: FakeBalance, opened: SerialBalance, mass_g: float) -> None:
    fake.shown.mass_g = mass_g
    reading = opened.read()
    assert (reading.status, reading.unit) == ("stable", "g")
    assert reading.mass_g == pytest.approx(mass_g, abs=1e-9)
    assert reading.line


def test_a_weight_that_moves_is_dynamic(fake: FakeBalance, opened: SerialBalance) -> None:
    fake.shown.mass_g = 1.5
    opened.read()
    fake.shown.mass_g, fake.shown.stable = 1.6, False
    reading = opened.read()
    assert reading.status == "dynamic"
    assert reading.mass_g == pytest.approx(1.6)


def test_milligrams_are_told_as_grams_and_the_unit_as_it_was(
    fake: FakeBalance, opened: SerialBalance
) -> None:
    fake.shown.mass_g, fake.shown.unit = 1.25, "mg"
    reading = opened.read()
    assert reading.unit == "mg"
    assert reading.mass_g == pytest.approx(1.25)
    fake.shown.stable = False  # an SBI balance then leaves the unit out: it is the last one
    assert opened.read().mass_g == pytest.approx(1.25)


@pytest.mark.parametrize(("state", "status"), [("over", "overload"), ("under", "underload")])
def test_a_pan_beyond_its_range_gives_no_mass_and_a_sentence(
    fake: FakeBalance, opened: SerialBalance, state: str, status: str
) -> None:
    fake.shown.state = state
    reading = opened.read()
    assert (reading.status, reading.mass_g) == (status, None)
    assert "pan" in reading.sentence


def test_an_error_gives_no_mass_and_what_the_balance_said(fake: FakeBalance, opened: SerialBalance) -> None:
    fake.shown.state = "error"
    reading = opened.read()
    assert (reading.status, reading.mass_g) == ("refused", None)
    assert reading.line in reading.sentence


def test_a_silent_balance_is_waited_for_once_and_comes_back(
    fake: FakeBalance, opened: SerialBalance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(balance, "ANSWER_S", 0.5)
    fake.shown.silent = True
    assert opened.read().status == "silent"
    monkeypatch.setattr(balance, "ANSWER_S", LONG_S)
    assert "does not answer" in opened.read().sentence
    fake.shown.silent = False
    monkeypatch.setattr(balance, "QUIET_S", LONG_S)
    assert opened.read().status == "stable"


def test_a_balance_that_is_unplugged_is_gone_and_raises_nothing(
    fake: FakeBalance, opened: SerialBalance
) -> None:
    assert opened.read().usable
    fake.unplug()
    assert opened.read().status == "gone"
    assert opened.read().status == "gone"


def test_what_nobody_asked_for_is_no_answer_and_is_kept(fake: FakeBalance, opened: SerialBalance) -> None:
    fake.shown.mass_g = 3.0
    opened.read()
    fake.say(b"\xff\xfe garbage\r\n+ 99.9999 g  \r\nS S 99.0 g\r\n")
    reading = opened.read()
    assert reading.mass_g == pytest.approx(3.0)
    assert reading.unasked == ("\xff\xfe garbage", "+ 99.9999 g  ", "S S 99.0 g")
    assert opened.read().unasked == ()


def test_the_late_answer_to_something_else_is_no_weight(
    fake: FakeBalance, opened: SerialBalance, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual_s = balance.QUIET_S
    monkeypatch.setattr(balance, "QUIET_S", LONG_S)
    fake.shown.mass_g = 3.0
    fake.before_answer = b"SR.1.10 of 2019\r\n"
    reading = opened.read()
    assert reading.mass_g == pytest.approx(3.0)
    assert "SR.1.10 of 2019" in reading.unasked
    for patience in ("ANSWER_S", "QUIET_S"):
        monkeypatch.setattr(balance, patience, usual_s)
    fake.before_answer, fake.shown.silent = b"what?\r\n", True
    assert opened.read().status in ("garbled", "silent")


def test_zero_makes_the_pan_read_nothing(fake: FakeBalance, opened: SerialBalance) -> None:
    fake.shown.mass_g = 7.0
    assert opened.zero() is None
    assert opened.read().mass_g == 0.0


def test_it_says_what_it_is(opened: SerialBalance) -> None:
    assert opened.identify().startswith(opened.protocol.maker)
    assert '"' not in opened.name


def test_the_late_answer_to_something_else_is_no_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance, "COMMAND_S", LONG_S)
    with FakeBalance(MAKERS["mt-sics"][1]) as fake:
        found = open_balance(fake.port, "mt-sics")
        assert isinstance(found, SerialBalance)
        fake.shown.mass_g = 7.0
        fake.before_answer = b'I4 A "B021002593"\r\n'
        assert found.zero() is None
        assert fake.shown.mass_g == 0.0
        found.close()


def test_pieces_are_no_mass() -> None:
    with FakeBalance(MAKERS["a-and-d"][1]) as fake:
        fake.shown.unit = "PC"
        found = open_balance(fake.port, "a-and-d")
        assert found.read().status == "unknown-unit"
        found.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "line", ["", "?", "S", "S S", "S S 1.2.3 g", "ST,", "1,234 g", "\x00\x01", "S S nan g"]
)
def test_no_line_is_read_as_a_weight_that_it_is_not(protocol: str, line: str) -> None:
    reading = PROTOCOLS[protocol].reading(line)
    assert reading is None or reading.mass_g is None


@pytest.mark.parametrize(
    ("line", "status", "mass_g"),
    [
        ("+  123.5[6] g  ", "stable", 123.56),
        ("-    0.002   ", "dynamic", -0.002),
        ("Stat       H       ", "overload", None),
        ("Stat       L       ", "underload", None),
        ("Stat    ERR 101    ", "refused", None),
        ("N     +  123.56 g  ", "stable", 123.56),
    ],
)
def test_an_sbi_line_is_read_as_the_manuals_say(line: str, status: str, mass_g: float | None) -> None:
    reading = PROTOCOLS["sbi"].reading(line)
    assert reading is not None
    assert (reading.status, reading.mass_g) == (status, pytest.approx(mass_g) if mass_g else None)


def test_a_port_that_is_not_there_and_a_protocol_that_nobody_speaks_are_told(tmp_path: Path) -> None:
    with pytest.raises(NoBalance, match=r"balance: there is no port .*nothing"):
        open_balance(str(tmp_path / "nothing"), "mt-sics")
    with pytest.raises(BadProtocol, match="mt-sics, sbi, a-and-d, ohaus"):
        open_balance("/dev/null", "scale-o-matic")


def test_the_virtual_boards_balance_is_one_of_them() -> None:
    plant = {"balance": {"noise_mg": 0.0}}
    with VirtualBoard(speed="max", seed=1, plant=plant) as board:
        found = open_balance(board.balance_port, "mt-sics")
        assert "Mettler-Toledo" in found.identify()
        assert found.zero() is None
        assert found.read().mass_g == 0.0
        for kind, status in (("balance-overload", "overload"), ("balance-unit", "stable")):
            board.control.fault(kind, duration_s=0.5)
            board.advance(100_000)
            assert found.read().status == status
            board.advance(1_000_000)
        assert found.read().unit == "g"
        found.close()


def test_a_recording_gives_each_reading_once_at_its_time(tmp_path: Path) -> None:
    file = tmp_path / "readings.csv"
    file.write_text('time_s,line\n10,"S S 1.0000 g"\n15,"S D 1.1000 g"\n20,"S +"\n')
    found = open_balance(f"replay:{file}", "mt-sics")
    assert isinstance(found, ReplayBalance)
    assert [found.read().mass_g, found.read().status] == [1.0, "silent"]
    found.now_s = 17.0
    reading = found.read()
    assert (reading.mass_g, reading.status, reading.time_s) == (1.1, "dynamic", 15.0)
    found.now_s = 30.0
    assert found.read().status == "overload"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("time,mass\n1,2\n", "line 1: expected the columns time_s and line"),
        ("time_s,mass_g\n1,0.5\nx,0.6\n", 'line 3, column time_s: "x" is no number'),
        ('time_s,mass_g\n1,"0,5"\n', "has a decimal comma"),
        ("time_s,mass_g\n2,0.5\n1,0.6\n", "line 3, column time_s: 1 is before 2"),
        ("time_s,mass_g\n", "holds no reading"),
    ],
)
def test_a_recording_that_is_none_is_told_with_line_and_column(
    tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "recorded.csv"
    file.write_text(text)
    with pytest.raises(BadRecording, match=sentence):
        open_balance(f"replay:{file}", "mt-sics")
