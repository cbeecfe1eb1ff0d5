"""Flashing by the button, from firmware that does not fit to a pump that is commanded."""

import dataclasses

import pytest
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, wait_until
from tests.host.gui.hands import click, type_into
from tests.host.gui.pages.test_connect import page, part, texts_in
from tests.support.emulated import needs_emulator

from pumpbench.client import Mismatch, discover, session
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.flashing import sources
from pumpbench.gui.board_link import CONNECTED, FAILED
from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.connect import ConnectPage
from pumplink.version import PROTOCOL

__all__ = ["page"]

FLASHING_MS = 600_000  # of an emulator, on a machine that may be busy


@pytest.fixture
def a_version_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """This program, and the firmware that it brings, speak the protocol of the next version."""
    read = sources.read

    def later(layer: str) -> sources.Sources:
        found = read(layer)
        text = found.firmware["pumplink/version.py"]
        newer = text.replace(f"PROTOCOL = {PROTOCOL}", f"PROTOCOL = {PROTOCOL + 1}")
        assert newer != text
        return dataclasses.replace(found, firmware=found.firmware | {"pumplink/version.py": newer})

    monkeypatch.setattr(sources, "read", later)
    for module in (session, discover):
        monkeypatch.setattr(module, "PROTOCOL", PROTOCOL + 1)


@needs_emulator
def test_a_board_with_older_firmware_is_looked_at_flashed_by_its_button_and_then_commanded(
    qtbot: QtBot, lab: Lab, flashed_board: EmulatedBoard, page: ConnectPage, a_version_later: None
) -> None:
    link = lab.link
    type_into(page.typed, flashed_board.port)
    while link.phase != CONNECTED:  # it may take longer to start than a connection waits
        click(page.button)
        wait_until(qtbot, lambda: link.phase in (CONNECTED, FAILED))
    wait_until(qtbot, lambda: part(page, "flash").isVisible())
    assert any("does not fit this program" in text for text in texts_in(part(page, "flash")))
    assert page.flash.board.currentText() == "emulated_pico"
    refused: list[Exception] = []
    link.command(lambda desk: desk.client.limits(), lambda _: None, refused.append)
    wait_until(qtbot, lambda: bool(refused))
    assert isinstance(refused[0], Mismatch)
    shares: list[int] = []
    said: list[str] = []
    lab.said.connect(said.append)
    page.flash.bar.valueChanged.connect(shares.append)
    click(page.flash.button)
    wait_until(qtbot, lambda: page.flash.busy and page.flash.bar.isVisible())
    wait_until(qtbot, lambda: not page.flash.busy, FLASHING_MS)
    assert any("is on the board, was verified, and answers at" in sentence for sentence in said)
    assert len(set(shares)) > 1
    wait_until(qtbot, lambda: link.snapshot is not None and link.snapshot.commands)
    assert link.snapshot is not None
    assert link.snapshot.info.fits
    assert link.snapshot.info.protocol == PROTOCOL + 1
    link.command(
        lambda desk: desk.client.set_reservoir(0, capacity_nl=10_000_000, contents_nl=7_000_000),
        lambda _: None,
        fail,
    )
    wait_until(qtbot, lambda: any(one.contents_nl == 7_000_000 for one in link.snapshot.reservoirs))  # type: ignore[union-attr]
