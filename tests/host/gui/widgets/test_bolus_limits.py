"""A bolus from the window, within and beyond the drug library's limits."""

from pathlib import Path

from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, wait_until
from tests.host.gui.hands import click, type_into

from pumpbench.gui.lab import Lab
from pumpbench.gui.widgets.run_controls import RunControls

LIBRARY = """\
[library]
name = "ours"

[[drugs]]
name = "dye"
soft_bolus = "0.1 mL"
hard_bolus = "0.2 mL"
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


def test_a_hard_limit_is_refused_and_a_soft_one_asks_for_a_reason(
    qtbot: QtBot, connected: Lab, tmp_path: Path
) -> None:
    made = controls(qtbot, connected, tmp_path / "drugs.toml")
    made.volume.edit.setText("0.3 mL")
    click(made.bolus)
    assert "above the hard limit of 200 µL for dye" in made.problem.text()
    made.volume.edit.setText("0.15 mL")
    click(made.bolus)
    assert made.ask.isVisible()
    type_into(made.ask.reason, "to see it")
    click(made.ask.yes)

    def noted() -> list[str]:
        entries = connected.store.audit.entries()
        return [str(one.details) for one in entries if one.action == "soft-limit"]

    wait_until(qtbot, lambda: bool(noted()))
    assert "to see it" in noted()[0]
