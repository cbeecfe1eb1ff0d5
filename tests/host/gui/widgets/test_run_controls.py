"""Boluses and starts from the Overview, within and beyond the drug library's limits."""

from pathlib import Path
from typing import Any

from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, is_in, wait_until
from tests.host.gui.hands import click, type_into

from pumpbench.conduct.desk import Desk
from pumpbench.files import program as program_file
from pumpbench.gui.lab import Lab
from pumpbench.gui.widgets.run_controls import RunControls

LIBRARY = """\
[library]
name = "ours"

[[drugs]]
name = "dye"
soft_bolus = "0.1 mL"
hard_bolus = "0.2 mL"
soft_rate = "2 mL/h"
hard_rate = "5 mL/h"
"""


def controls(qtbot: QtBot, lab: Lab, path: Path) -> RunControls:
    path.write_text(LIBRARY, encoding="utf-8")
    lab.drugs.choose(path)
    lab.link.command(
        lambda desk: desk.client.set_reservoir(0, capacity_nl=10**7, contents_nl=10**7, drug="dye"),
        lambda _: None,
        fail,
    )
    made = RunControls(lab)
    qtbot.addWidget(made)
    made.show()
    lab.link.snapshot_changed.connect(made.refresh)
    wait_until(qtbot, lambda: lab.drugs.library is not None and made.reservoir.count() == 1)
    made.rate.edit.setText("100 mL/h")
    return made


def press(qtbot: QtBot, button: QPushButton) -> None:
    """Click as soon as it can be: a slow machine's snapshot may be of too long ago for a moment."""
    wait_until(qtbot, button.isEnabled)
    click(button)


def test_a_hard_limit_is_refused_and_a_soft_one_asks_for_a_reason(
    qtbot: QtBot, connected: Lab, tmp_path: Path
) -> None:
    made = controls(qtbot, connected, tmp_path / "drugs.toml")
    made.volume.edit.setText("0.3 mL")
    press(qtbot, made.bolus)
    assert "above the hard limit of 200 µL for dye" in made.problem.text()
    made.volume.edit.setText("0.15 mL")
    press(qtbot, made.bolus)
    assert made.ask.isVisible()
    type_into(made.ask.reason, "to see it")
    click(made.ask.yes)
    wait_until(qtbot, lambda: bool(noted(connected)))
    assert "to see it" in noted(connected)[0]


def noted(lab: Lab) -> list[str]:
    return [one.details for one in lab.store.audit.entries() if one.action == "soft-limit"]


def commit(qtbot: QtBot, lab: Lab, rate: str) -> None:
    """Have the board hold a program of this rate."""
    segment: dict[str, Any] = {"kind": "constant", "rate": rate, "duration": "1 h"}
    program = program_file.parse({"program": {"name": rate}, "segments": [segment]}, "a test")

    def work(desk: Desk) -> None:
        desk.client.commit(desk.stage(program).digest)

    lab.link.command(work, lambda _: None, fail)

    def is_held() -> bool:
        snapshot = lab.link.snapshot
        return snapshot is not None and snapshot.program is not None and snapshot.program.name == rate

    wait_until(qtbot, is_held)


def test_a_start_is_checked_as_the_program_was(qtbot: QtBot, connected: Lab, tmp_path: Path) -> None:
    made = controls(qtbot, connected, tmp_path / "drugs.toml")
    commit(qtbot, connected, "6 mL/h")
    press(qtbot, made.start)
    assert "above the hard limit of 5 mL/h for dye" in made.problem.text()
    assert not made.ask.isVisible()
    commit(qtbot, connected, "3 mL/h")
    press(qtbot, made.start)
    assert made.ask.isVisible()
    assert is_in(connected, "stopped")
    type_into(made.ask.reason, "a short one")
    click(made.ask.yes)
    wait_until(qtbot, lambda: is_in(connected, "running"))
    (entry,) = noted(connected)
    assert "above the soft limit of 2 mL/h for dye" in entry
    assert "a short one" in entry


def test_while_the_chosen_library_cannot_be_read_a_start_needs_a_reason(
    qtbot: QtBot, connected: Lab, tmp_path: Path
) -> None:
    made = controls(qtbot, connected, tmp_path / "drugs.toml")
    commit(qtbot, connected, "1 mL/h")
    spoilt = tmp_path / "spoilt.toml"
    spoilt.write_bytes(b"[library\xff")
    connected.drugs.choose(spoilt)
    wait_until(qtbot, lambda: bool(connected.drugs.problem))
    press(qtbot, made.start)
    assert made.ask.isVisible()
    assert is_in(connected, "stopped")
    connected.drugs.choose(None)
    press(qtbot, made.start)
    wait_until(qtbot, lambda: is_in(connected, "running"))
