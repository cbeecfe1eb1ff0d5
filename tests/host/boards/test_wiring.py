"""The wiring names every pin of a board file, as a table and as a drawing; those in the docs are fresh."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pumpbench.boards import catalogue, checks, drawing
from pumpbench.boards.wiring import wires

IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
DRAWN = ("rpi_pico", "rpi_pico2", "esp32_devkit", "esp32_s3")


@pytest.mark.parametrize("name", DRAWN)
def test_every_pin_of_the_file_is_wired(name: str) -> None:
    board = catalogue.board(name)
    wired = " ".join(wire.pin + " " for wire in wires(board))
    for use in checks.uses(board):
        assert f"GP{use.pin} " in wired or f"GPIO{use.pin} " in wired, use


@pytest.mark.parametrize("name", DRAWN)
def test_the_drawing_is_svg_and_shows_every_wire(name: str) -> None:
    board = catalogue.board(name)
    text = drawing.svg(board)
    shown = {element.text for element in ET.fromstring(text).iter() if element.text}
    for wire in wires(board):
        assert {wire.part, wire.terminal} <= shown
        assert not wire.pin or wire.pin in shown


@pytest.mark.parametrize("name", DRAWN)
def test_the_drawing_in_the_docs_is_fresh(name: str) -> None:
    found = (IMAGES / f"wiring-{name}.svg").read_text(encoding="utf-8")
    assert found == drawing.svg(catalogue.board(name)), (
        f"pumpbench boards wiring {name} --svg docs/images/..."
    )


def test_a_board_without_hardware_has_no_wires() -> None:
    assert wires(catalogue.board("virtual")) == []
