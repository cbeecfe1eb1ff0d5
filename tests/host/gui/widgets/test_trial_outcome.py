"""What a trial came to, where there is little room for it."""

from pathlib import Path

import pytest
from PyQt6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from pumpbench.gui.lab import Lab
from pumpbench.gui.widgets.trial_outcome import TrialOutcome

LONG, SHORT = "step 2: mean error B, at the end of the set's life", "step 2: mean error A"


@pytest.mark.parametrize("width", [400, 440, 520])
def test_names_of_judged_results_are_whole_at_any_width(
    qtbot: QtBot, lab: Lab, tmp_path: Path, width: int
) -> None:
    outcome = TrialOutcome(lab.theme)
    qtbot.addWidget(outcome)
    outcome.resize(width, 600)
    outcome.show()
    outcome._show_table(True, [])
    outcome._show_table(True, [(LONG, "-3.10 ± 0.14 %", "± 5 %", "pass"), (SHORT, "", "", "")])
    view = outcome.judged_view
    line = QFontMetrics(view.font()).height()
    room = view.columnWidth(0) - 24
    needed = -(-QFontMetrics(view.font()).horizontalAdvance(LONG) // room)
    assert needed >= 2
    assert view.rowHeight(0) >= needed * line
    assert view.rowHeight(1) < view.rowHeight(0)
    assert view.height() >= view.rowHeight(0) + view.rowHeight(1)
