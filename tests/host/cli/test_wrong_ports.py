"""Ports behind which there is no pump, or one that this program does not understand."""

import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.host.cli.conftest import Command

from pumpbench.virtual.board import VirtualBoard
from pumpbench.virtual.interpreter import firmware_main

ROOT = Path(__file__).resolve().parents[3]
RAMP = ROOT / "examples" / "ramp.toml"
Peer = Callable[[socket.socket], object]


@contextlib.contextmanager
def listening(peer: Peer) -> Iterator[str]:
    """A TCP port at which each client is given to ``peer``."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=talk, args=(client,), daemon=True).start()

        def talk(client: socket.socket) -> None:
            with client, contextlib.suppress(OSError):
                peer(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def keep_silent(client: socket.socket) -> None:
    while client.recv(1000):
        pass


def talk_garbage(client: socket.socket) -> None:
    while client.recv(1000):
        client.sendall(os.urandom(2000))


def echo(client: socket.socket) -> None:
    while data := client.recv(1000):
        client.sendall(data)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("/dev/none", "there is no port /dev/none: `pumpbench ports` lists those"),
        ("", "the port's name is empty"),
        ("/", "/ is no serial port"),
        (str(RAMP), "is no serial port"),
        ("127.0.0.1:4000", "a TCP port is written socket://127.0.0.1:4000"),
        ("socket://", "expected socket://HOST:PORT"),
        ("socket://127.0.0.1", "expected socket://HOST:PORT"),
        ("socket://127.0.0.1:99999", "from 1 to 65535"),
        ("socket://127.0.0.1:abc", "from 1 to 65535"),
        ("socket://127.0.0.1:1", "nothing listens at socket://127.0.0.1:1"),
        ("gopher://x", "begins with no known protocol"),
    ],
)
def test_a_port_that_is_none_is_told_by_every_way_in(
    pumpbench: Command, tmp_path: Path, port: str, said: str
) -> None:
    db = tmp_path / "new.sqlite"
    for command in (["info"], ["stop"], ["run", RAMP, "--db", db]):
        done = pumpbench(*command, "--port", port)
        assert (done.code, done.out) == (3, "")
        assert said in done.err
        assert done.err.count("\n") == 1
        assert "Errno" not in done.err
    assert not db.exists()


@pytest.mark.parametrize("peer", [talk_garbage, echo])
def test_who_does_not_answer_like_a_pump_is_given_up(pumpbench: Command, peer: Peer) -> None:
    with listening(peer) as port:
        done = pumpbench("status", "--port", port)
    assert (done.code, done.out) == (3, "")
    assert done.err == f"pumpbench: {port}: no pump answered within 3 s\n"


def test_a_run_at_a_silent_port_makes_no_database(pumpbench: Command, tmp_path: Path) -> None:
    db = tmp_path / "new.sqlite"
    with listening(keep_silent) as port:
        done = pumpbench("run", RAMP, "--port", port, "--db", db)
    assert (done.code, done.out, db.exists()) == (3, "", False)
    assert f"{port}: no pump answered within 5 s" in done.err


def test_a_port_that_closes_at_once_is_named(pumpbench: Command) -> None:
    with listening(lambda client: client.recv(1)) as port:
        done = pumpbench("info", "--port", port)
    assert done.code == 3
    assert done.err.startswith(f"pumpbench: {port}: ")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX's")
def test_a_port_that_another_program_holds_is_in_use(pumpbench: Command) -> None:
    import fcntl
    import pty

    master, slave = pty.openpty()
    try:
        fcntl.flock(slave, fcntl.LOCK_EX | fcntl.LOCK_NB)
        done = pumpbench("info", "--port", os.ttyname(slave))
    finally:
        os.close(slave)
        os.close(master)
    assert done.code == 3
    assert "is in use by another program" in done.err


def test_a_board_of_another_schema_is_looked_at_and_stopped_but_not_commanded(
    pumpbench: Command, tmp_path: Path
) -> None:
    firmware, db = tmp_path / "firmware", tmp_path / "new.sqlite"
    shutil.copytree(ROOT / "shared" / "pumplink", firmware / "pumplink")
    shutil.copy(firmware_main(), firmware)
    layouts = firmware / "pumplink" / "layouts.py"
    text = layouts.read_text()
    start = text.index("SCHEMA_HASH = 0x") + len("SCHEMA_HASH = ")
    layouts.write_text(text[:start] + "0x12345678" + text[start + 10 :])
    with VirtualBoard(firmware=firmware / "main.py") as board:
        at = ("--port", board.port)
        assert pumpbench("info", *at, "--json").json["fits"] is False
        assert "fits another version" in pumpbench("info", *at).out
        assert pumpbench("status", *at, "--json").json["state"] == "stopped"
        assert pumpbench("stop", *at).code == 0
        for command in (["reservoir", "list"], ["start"], ["monitor"], ["run", RAMP, "--db", db]):
            done = pumpbench(*command, *at)
            assert (done.code, done.out) == (4, "")
            assert "schema 12345678) does not fit this program" in done.err
    assert not db.exists()


def test_what_the_board_has_none_of_is_said_in_words(pumpbench: Command, board: VirtualBoard) -> None:
    at = ("--port", board.port)
    for command, said in (
        (["program", "show"], "there is no committed program on the board"),
        (["start"], "there is no committed program on the board"),
        (["alarms", "ack", "occlusion"], "this alarm is not raised"),
        (["reservoir", "refill", "2", "--residual", "1 mL", "--contents", "2 mL"], "is not defined"),
        (["bolus", "--volume", "1 mL", "--rate", "500 mL/h"], "500 mL/h is above 120 mL/h"),
    ):
        done = pumpbench(*command, *at)
        assert (done.code, done.out) == (4, "")
        assert said in done.err
