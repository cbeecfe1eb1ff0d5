"""What ``gui`` refuses before a window opens."""

from pathlib import Path

import pytest
from tests.host.cli.conftest import Command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--speed", "max"], "a number is wanted"),
        (["--seed", "1"], "are for a virtual board"),
        (["--plant", "x.toml"], "are for a virtual board"),
        (["--run", "x.toml"], "name it with --port"),
        (["--run", "nothing.toml", "--port", "virtual"], "nothing.toml"),
    ],
)
def test_what_cannot_be_is_one_sentence(pumpbench: Command, arguments: list[str], said: str) -> None:
    done = pumpbench("gui", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_without_a_display_it_says_what_there_is_instead(
    pumpbench: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = pumpbench("gui", "--db", tmp_path / "lab.sqlite")
    assert done.code == 2
    assert "there is no display" in done.err
    assert "pumpbench monitor" in done.err
    assert not (tmp_path / "lab.sqlite").exists()


def test_a_display_that_does_not_answer_is_named(
    pumpbench: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    done = pumpbench("gui", "--db", tmp_path / "lab.sqlite")
    assert done.code == 2
    assert ":4711" in done.err
    assert "does not answer" in done.err
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-4711")
    both = pumpbench("gui", "--db", tmp_path / "lab.sqlite")
    assert both.code == 2
    assert "the display wayland-4711, which WAYLAND_DISPLAY names, does not answer; " in both.err
    assert both.err.count("\n") == 1
