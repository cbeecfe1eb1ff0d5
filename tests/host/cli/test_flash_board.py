"""Which board file `pumpbench flash` takes: as `pumpbench boards check` does, before it looks at any port."""

from pathlib import Path

from tests.host.cli.conftest import Command

from pumpbench.boards import catalogue


def test_a_board_file_that_does_not_fit_its_chip_is_not_flashed(pumpbench: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = catalogue.path_of("rpi_pico").read_text()
    file.write_text(text.replace("direction = 3", "direction = 2"))
    done = pumpbench("flash", "--board", file, "--port", tmp_path / "no-port")
    assert done.code == 2
    assert "[motor] direction = 2: the pin is already used by [motor] step" in done.err


def test_a_board_that_there_is_not_is_told_with_those_that_there_are(pumpbench: Command) -> None:
    done = pumpbench("flash", "--board", "pico")
    assert done.code == 2
    assert "pico: is neither a board nor a file that ends in .toml; boards are emulated_pico, " in done.err
