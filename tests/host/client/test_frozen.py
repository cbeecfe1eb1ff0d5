"""Stop and status without a session, and through the program that owns the port."""

import threading
from pathlib import Path

import pytest
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import PATIENCE_S

from pumpbench.client import AnswerTimeout, NoDevice, connect, frozen, local_socket
from pumplink.frame import STOP_FRAME


def test_stop_and_status_need_no_session(either_board: ScriptedBoard) -> None:
    assert frozen.status(either_board.url).state == "running"
    assert frozen.stop(either_board.url).state == "stopped"
    assert set(either_board.asked) == {"status", "stop"}


def test_a_port_that_another_program_owns_is_reached_through_it() -> None:
    with ScriptedBoard("pty") as board, connect(board.url):
        assert frozen.status(board.url).remaining_nl == 9
        assert frozen.stop(board.url).state == "stopped"
    assert board.stops >= 1


def test_a_link_to_the_port_is_the_same_port(tmp_path: Path) -> None:
    with ScriptedBoard("pty") as board, connect(board.url):
        by_id = tmp_path / "usb-pump"
        by_id.symlink_to(board.url)
        assert frozen.stop(str(by_id)).state == "stopped"


def test_many_stop_at_once() -> None:
    with ScriptedBoard("pty") as board, connect(board.url):
        states: list[str] = []
        threads = [
            threading.Thread(target=lambda: states.append(frozen.stop(board.url).state)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert states == ["stopped"] * 8


def test_the_socket_goes_with_its_owner(either_board: ScriptedBoard) -> None:
    with connect(either_board.url):
        owner = local_socket.reach(either_board.url, 1.0)
        assert owner is not None
        owner.close()
    assert local_socket.reach(either_board.url, 1.0) is None
    assert frozen.stop(either_board.url).state == "stopped"


def test_who_leaves_takes_the_socket_of_no_other_program_along(board: ScriptedBoard) -> None:
    with connect(board.url):
        with connect(board.url):
            pass
        assert local_socket.reach(board.url, 1.0) is None  # its own went when the other one took the place
    first = connect(board.url)
    second = connect(board.url)
    first.close()
    owner = local_socket.reach(board.url, 1.0)
    assert owner is not None
    owner.close()
    second.close()


def test_the_socket_of_a_killed_program_is_in_nobodys_way(board: ScriptedBoard) -> None:
    left = local_socket._place(board.url)
    left.touch()
    assert frozen.status(board.url).state == "running"
    with connect(board.url):
        assert frozen.status(board.url).state == "running"


def answer_of_the_owner(url: str) -> bytes:
    owner = local_socket.reach(url, PATIENCE_S)
    assert owner is not None
    with owner:
        owner.sendall(STOP_FRAME)
        try:
            return owner.recv(100)
        except ConnectionResetError:
            return b""


def test_other_platforms_use_a_port_with_a_password(
    board: ScriptedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_socket, "UNIX", False)
    with connect(board.url):
        assert local_socket._place(board.url).suffix == ".json"
        assert frozen.stop(board.url).state == "stopped"
        told = local_socket._place(board.url)
        told.write_text(told.read_text().replace('"password": "', '"password": "0')[:-3] + '"}')
        assert answer_of_the_owner(board.url) == b""
    assert not told.exists()


def test_silence_and_a_missing_port_are_told_apart(board: ScriptedBoard) -> None:
    board.ignore["stop"] = 1000
    with pytest.raises(AnswerTimeout, match="no pump answered"):
        frozen.stop(board.url, timeout_s=0.5)
    with pytest.raises(NoDevice, match="there is no port"):
        frozen.stop("/dev/ttyNOT_HERE")
