"""The program page: written, tried out, staged, committed and started, against the real firmware."""

from dataclasses import replace
from pathlib import Path

import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from tests.host.gui.conftest import fail, is_in, wait_until
from tests.host.gui.hands import click, drag, press, type_into

from pumpbench.conduct.expected_curve import Curves
from pumpbench.files import program as program_file
from pumpbench.files.examples import folder
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.draft_table import COLUMNS
from pumpbench.gui.models.program_draft import SEGMENTS
from pumpbench.gui.pages.program import ProgramPage
from pumpbench.virtual.board import VirtualBoard

KEYS = [column.key for column in COLUMNS[SEGMENTS]]
LIBRARY = """\
[library]
name = "ours"

[[drugs]]
name = "dye"
soft_rate = "2 mL/h"
hard_rate = "5 mL/h"
"""


def shown(qtbot: QtBot, lab: Lab) -> ProgramPage:
    made = ProgramPage(lab)
    qtbot.addWidget(made)
    made.resize(1080, 640)
    with qtbot.waitActive(made):
        made.show()
    made.document.edit(lambda draft: draft.put(("program", "name"), "test"))
    made.document.edit(lambda draft: draft.add("reservoirs", 0))
    return made


@pytest.fixture
def page(qtbot: QtBot, connected: Lab) -> ProgramPage:
    return shown(qtbot, connected)


def write(page: ProgramPage, row: int, key: str, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """Type into a cell of the segments, as a person does: choose it, press F2, type, leave."""
    view = page.segments.view
    view.setFocus()
    view.setCurrentIndex(page.segments.model.index(row, KEYS.index(key)))
    press(view, Qt.Key.Key_F2)
    editor = view.findChildren(QLineEdit)[-1]
    editor.selectAll()
    type_into(editor, text)
    if end != Qt.Key.Key_unknown:
        press(editor, end)
        QApplication.processEvents()  # the cell is left a moment after the key


def use_library(qtbot: QtBot, lab: Lab, path: Path) -> None:
    path.write_text(LIBRARY, encoding="utf-8")
    lab.drugs.choose(path)
    wait_until(qtbot, lambda: lab.drugs.library is not None)


def with_dye(page: ProgramPage) -> None:
    page.document.edit(lambda draft: draft.put(("reservoirs", 0, "drug"), "dye"))


def noted(lab: Lab, action: str) -> list[str]:
    return [str(entry.details) for entry in lab.store.audit.entries() if entry.action == action]


# --- writing ---


def test_a_problem_stands_beside_its_cell_while_typing_and_escape_takes_it_back(
    qtbot: QtBot, lab: Lab
) -> None:
    page = shown(qtbot, lab)
    write(page, 0, "rate", "5", end=Qt.Key.Key_unknown)
    problem = page.segments.model.index(0, KEYS.index("")).data()
    assert problem == 'rate: has no unit; write it like "1.2 mL/day" or "50 uL/h"'
    assert "segment 1, rate: has no unit" in page.state.lines.text()
    assert not page.try_out.isEnabled()
    press(page.segments.view.findChildren(QLineEdit)[-1], Qt.Key.Key_Escape)
    assert page.document.draft.cell(SEGMENTS, 0, "rate") == "1 mL/h"
    assert page.try_out.isEnabled()


def test_what_is_typed_is_put_in_order_and_undone_as_one_step(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    write(page, 0, "rate", "1.2 ml/d")
    assert page.document.draft.cell(SEGMENTS, 0, "rate") == "1.2 mL/day"
    assert "at most 1.2 mL/day" in page.state.total.text()
    click(page.files.undo)
    assert page.document.draft.cell(SEGMENTS, 0, "rate") == "1 mL/h"
    click(page.files.redo)
    assert page.document.draft.cell(SEGMENTS, 0, "rate") == "1.2 mL/day"


def test_rows_are_added_moved_and_removed_by_keys(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    view = page.segments.view
    view.setFocus()
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(view, Qt.Key.Key_N, shift)
    write(page, 1, "duration", "2h30m")
    press(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    durations = [row["duration"] for row in page.document.draft.rows(SEGMENTS)]
    assert durations == ["2.5 h", "1 h"]
    press(view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    press(view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert [row["duration"] for row in page.document.draft.rows(SEGMENTS)] == durations


def test_a_handle_that_is_dragged_changes_the_table_and_is_one_step(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    end, top = page.plot.handles
    for at_s in (4000.0, 6000.0, 7200.0):
        end.drag_to(at_s, 1.0)
    end.let_go()
    top = page.plot.handles[1]
    top.drag_to(3600.0, 2.5)
    top.let_go()
    row = page.segments.model
    assert row.index(0, KEYS.index("duration")).data() == "2 h"
    assert row.index(0, KEYS.index("rate")).data() == "2.5 mL/h"
    click(page.files.undo)
    click(page.files.undo)
    assert page.document.draft.cell(SEGMENTS, 0, "duration") == "1 h"


def test_the_mouse_drags_the_end_of_a_segment(
    qtbot: QtBot, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)  # moves that follow fast count, too
    page = shown(qtbot, lab)
    QApplication.processEvents()
    plot = page.plot.plot
    (end, _), view = page.plot.handles, plot.getViewBox()
    begin = plot.mapFromScene(view.mapViewToScene(end.pos()))
    middle = plot.mapFromScene(view.mapViewToScene(QPointF(1800.0, 1.0)))
    drag(plot.viewport(), begin, middle)
    assert page.document.draft.cell(SEGMENTS, 0, "duration") == "30 min"
    click(page.files.undo)
    assert page.document.draft.cell(SEGMENTS, 0, "duration") == "1 h"


def test_a_program_is_opened_saved_and_the_same_again(qtbot: QtBot, lab: Lab, tmp_path: Path) -> None:
    page = shown(qtbot, lab)
    source = folder() / "bolus-and-basal.toml"
    page.files.load(source)
    wait_until(qtbot, lambda: page.document.path == source)
    copy = tmp_path / "copy.toml"
    page.files.write(copy)
    wait_until(qtbot, lambda: page.document.path == copy)
    assert program_file.load(copy) == program_file.load(source)
    assert not page.document.draft.changed


def test_a_file_that_cannot_be_read_is_told_and_the_draft_stays(
    qtbot: QtBot, lab: Lab, tmp_path: Path
) -> None:
    page = shown(qtbot, lab)
    before = page.document.draft.text
    page.files.load(tmp_path / "none.toml")
    wait_until(qtbot, lambda: "there is no such file" in page.files.problem.text())
    assert page.document.draft.text == before


def test_asking_for_a_file_blocks_nothing(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    page.files.save()
    dialog = page.files.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    dialog.reject()


def test_a_draft_is_there_again_after_a_crash(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    write(page, 0, "rate", "1.2")
    draft = lab.settings.file.fileName().replace("window.ini", "draft.toml")
    wait_until(qtbot, lambda: Path(draft).exists() and '"1.2"' in Path(draft).read_text(encoding="utf-8"))
    again = ProgramPage(lab)
    qtbot.addWidget(again)
    wait_until(qtbot, lambda: again.document.name == "Draft of last time")
    assert again.document.draft.cell(SEGMENTS, 0, "rate") == "1.2"
    assert "has no unit" in again.state.lines.text()


def test_a_draft_that_was_damaged_is_told_and_kept(qtbot: QtBot, lab: Lab) -> None:
    draft = Path(lab.settings.file.fileName()).with_name("draft.toml")
    draft.write_bytes(b"[program]\nname = \xff\xfe")
    said: list[str] = []
    lab.said.connect(said.append)
    page = shown(qtbot, lab)
    wait_until(qtbot, lambda: bool(said))
    assert "cannot be read, and is kept as draft-damaged.toml: " in said[0]
    write(page, 0, "rate", "2 mL/h")
    wait_until(qtbot, draft.exists)
    assert draft.with_name("draft-damaged.toml").read_bytes().endswith(b"\xff\xfe")


# --- a dry run ---


def test_a_dry_run_shows_what_is_to_be_expected_and_is_gone_when_the_draft_changes(
    qtbot: QtBot, lab: Lab
) -> None:
    page = shown(qtbot, lab)
    write(page, 0, "duration", "5 min")
    click(page.try_out)
    wait_until(qtbot, lambda: page.dry_run.expected is not None)
    expected = page.dry_run.expected
    assert expected is not None
    assert expected.summary.finished
    assert abs(expected.curves.volume_ml[-1] - 1 / 12) < 0.002
    assert page.dry_run.words.text().startswith("SIMULATED: 83.33 µL of 83.33 µL delivered in 05:00")
    assert page.plot.simulated
    write(page, 0, "rate", "2 mL/h")
    assert not page.plot.simulated
    assert page.dry_run.expected is None


def test_a_dry_run_shows_its_curve_as_it_forms_and_can_be_called_off(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    write(page, 0, "duration", "20 h")
    formed: list[Curves] = []
    page.dry_run.dry_run.formed.connect(formed.append)
    click(page.try_out)
    wait_until(qtbot, lambda: len(formed) > 1 and page.dry_run.share > 0)
    assert page.plot.simulated
    assert page.dry_run.words.text().startswith("SIMULATED, 10 ticks a second: ")
    assert formed[0].time_s[-1] < formed[1].time_s[-1] < 20 * 3600
    click(page.dry_run.cancel)
    wait_until(qtbot, lambda: not page.dry_run.dry_run.running)
    assert page.dry_run.words.text() == "The dry run was called off."
    assert page.try_out.isEnabled()


# --- on the board ---


def test_stage_shows_what_the_board_understood_commit_keeps_it_and_start_records_a_run(
    qtbot: QtBot, connected: Lab, page: ProgramPage
) -> None:
    write(page, 0, "duration", "30 min")
    click(page.go_on)
    wait_until(qtbot, page.commit.commit.isEnabled)
    table = page.commit.table
    told = {
        table.item(row, 0).text(): [table.item(row, column).text() for column in (1, 2, 3)]  # type: ignore[union-attr]
        for row in range(table.rowCount())
    }
    assert told["segment 1"] == ["constant, 1 mL/h, 30 min, reservoir 0"] * 2 + ["✓ same"]
    assert told["in all"] == ["500 µL", "500 µL", "✓ same"]
    assert connected.link.snapshot is not None
    assert connected.link.snapshot.program is None
    assert not page.commit.start.isEnabled()
    click(page.commit.commit)
    wait_until(qtbot, page.commit.start.isEnabled)
    assert not page.commit.commit.isEnabled()
    click(page.commit.start)
    wait_until(qtbot, lambda: page.editing)
    wait_until(qtbot, lambda: is_in(connected, "running"))
    assert "the same as this draft" in page.state.held.text()
    run = connected.store.latest_run()
    assert run is not None
    assert run.name == "test"
    assert run.meta["program_text"] == page.document.draft.text


def test_a_board_that_vanishes_in_the_middle_of_a_commit_is_told_and_it_can_be_tried_again(
    qtbot: QtBot, connected: Lab, page: ProgramPage, board: VirtualBoard
) -> None:
    click(page.go_on)
    wait_until(qtbot, page.commit.commit.isEnabled)
    board.control.fault("unplug", duration_s=500.0)
    wait_until(qtbot, lambda: connected.link.phase == "lost" or page.commit.commit.isEnabled())
    page.commit.commit.click()
    wait_until(qtbot, lambda: "Nothing runs that was not committed" in page.commit.problem.text())
    wait_until(qtbot, lambda: connected.link.phase == "connected")
    wait_until(qtbot, lambda: page.commit.commit.isEnabled() or page.commit.start.isEnabled())
    if page.commit.commit.isEnabled():
        click(page.commit.commit)
    wait_until(qtbot, page.commit.start.isEnabled)
    wait_until(
        qtbot, lambda: connected.link.snapshot is not None and connected.link.snapshot.program is not None
    )
    assert is_in(connected, "stopped")


def test_a_hard_limit_is_refused_before_the_board_hears_of_it(
    qtbot: QtBot, connected: Lab, page: ProgramPage, tmp_path: Path
) -> None:
    use_library(qtbot, connected, tmp_path / "drugs.toml")
    with_dye(page)
    write(page, 0, "rate", "6 mL/h")
    click(page.go_on)
    assert "above the hard limit of 5 mL/h for dye" in page.commit.problem.text()
    assert not page.commit.stage.isEnabled()
    assert not page.commit.ask.isVisible()


def test_an_answer_that_comes_late_is_not_taken_for_another_program_s(
    qtbot: QtBot, connected: Lab, page: ProgramPage, tmp_path: Path
) -> None:
    use_library(qtbot, connected, tmp_path / "drugs.toml")
    with_dye(page)
    click(page.go_on)  # is staged, which takes a moment
    click(page.commit.back)
    write(page, 0, "rate", "6 mL/h")
    click(page.go_on)  # is refused
    answered: list[None] = []
    connected.link.command(lambda desk: None, answered.append, fail)
    wait_until(qtbot, lambda: bool(answered))
    assert "above the hard limit" in page.commit.problem.text()
    assert not page.commit.commit.isEnabled()


def test_a_soft_limit_asks_for_a_reason_and_writes_it_down(
    qtbot: QtBot, connected: Lab, page: ProgramPage, tmp_path: Path
) -> None:
    use_library(qtbot, connected, tmp_path / "drugs.toml")
    with_dye(page)
    write(page, 0, "rate", "3 mL/h")
    click(page.go_on)
    assert page.commit.ask.isVisible()
    assert not page.commit.ask.yes.isEnabled()
    type_into(page.commit.ask.reason, "a test of the tube")
    click(page.commit.ask.yes)
    wait_until(qtbot, page.commit.commit.isEnabled)
    (entry,) = noted(connected, "soft-limit")
    assert "a test of the tube" in entry
    assert "above the soft limit of 2 mL/h for dye" in entry


def test_an_uncalibrated_pump_is_started_only_for_a_reason_that_is_written_down(
    qtbot: QtBot, connected: Lab, page: ProgramPage
) -> None:
    click(page.go_on)
    wait_until(qtbot, page.commit.commit.isEnabled)
    click(page.commit.commit)
    wait_until(qtbot, page.commit.start.isEnabled)
    assert connected.link.snapshot is not None
    fault = "the fitted tube set has no calibration"  # a virtual board is asked for none
    connected.link.snapshot = replace(connected.link.snapshot, calibration_fault=fault)
    page.commit.start.click()
    assert page.commit.ask.isVisible()
    type_into(page.commit.ask.reason, "only a test")
    press(page.commit.ask.reason, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: page.editing)
    (entry,) = noted(connected, "uncalibrated-dose")
    assert "only a test" in entry
    assert fault in entry


def test_while_a_run_is_under_way_no_other_program_is_sent(
    qtbot: QtBot, connected: Lab, page: ProgramPage
) -> None:
    connected.link.command(
        lambda desk: desk.client.move("prime", volume_nl=5_000_000, rate_nl_h=20_000_000),
        lambda _: None,
        fail,
    )
    wait_until(qtbot, lambda: is_in(connected, "moving"))
    wait_until(qtbot, lambda: "the pump is moving: stop it" in page.why.text())
    assert not page.go_on.isEnabled()
    connected.link.stop()
    wait_until(qtbot, page.go_on.isEnabled)


def test_without_a_pump_nothing_can_be_staged(qtbot: QtBot, lab: Lab) -> None:
    page = shown(qtbot, lab)
    assert not page.go_on.isEnabled()
    assert "No pump is connected" in page.state.held.text()
