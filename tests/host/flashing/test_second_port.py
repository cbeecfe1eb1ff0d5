"""The link on a port of its own, by the real usb-device-cdc on the emulated board. Its files are no part of
this repository: PUMPBENCH_USB_CDC names a folder with micropython-lib's ``usb/device/*.py``.
"""

import dataclasses
import os
from pathlib import Path

import pytest
from tests.host.flashing.emulated import order
from tests.support.emulated import needs_emulator

from pumpbench.client import connect
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.flashing import repl, sources
from pumpbench.flashing.flash import flash

FOLDER = os.environ.get("PUMPBENCH_USB_CDC")
pytestmark = [
    needs_emulator,
    pytest.mark.skipif(not FOLDER, reason="PUMPBENCH_USB_CDC names no folder with usb-device-cdc"),
]


def test_the_pump_answers_at_its_own_port_and_the_prompt_s_can_be_knocked_at() -> None:
    with EmulatedBoard(seed=3) as board:
        report = flash(order(board, link=board.port, usb_cdc=Path(str(FOLDER))))
        assert (report.link_port, report.notes) == (board.port, [])
        with connect(report.link_port) as pump:
            assert "second-port" in pump.info.capabilities
            assert pump.stop().state == "stopped"
            assert pump.link_health().host_bad_frames == 0
        prompt = repl.enter([board.repl_port], 20)
        assert prompt is not None
        with prompt:
            assert prompt.run("print(6 * 7)").strip() == "42"


def test_after_two_updates_100_kb_of_heap_are_free_still(monkeypatch: pytest.MonkeyPatch) -> None:
    read = sources.read
    with EmulatedBoard(seed=3) as board:
        for time in range(3):

            def changed(layer: str, time: int = time) -> sources.Sources:
                found = read(layer)
                pump = found.firmware["pumpfw/pump.py"] + f"\nTOUCHED = [{time}]\n"
                return dataclasses.replace(found, firmware=found.firmware | {"pumpfw/pump.py": pump})

            monkeypatch.setattr(sources, "read", changed)
            usb_cdc = None if time else Path(str(FOLDER))
            report = flash(order(board, link=board.port, usb_cdc=usb_cdc))
            with connect(report.link_port) as pump:
                assert "second-port" in pump.info.capabilities
                assert pump.selftest().memory_free >= 100_000
