"""The report's pages: what stands on them, and that they need nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest

from pumpbench.balances import Reading
from pumpbench.trials.conduct.folder import Folder
from pumpbench.trials.conduct.result import evaluate
from pumpbench.trials.conduct.words import duration, expanded, number, percent, volume
from pumpbench.trials.report import write_report
from pumpbench.trials.report.content import content
from pumpbench.trials.report.parts import Table

PROTOCOL = """\
[trial]
name = "bench <pump> & beaker"
rate = "6 mL/h"
[pump]
kind = "other"
model = "another pump"
[balance]
read_every = "10 s"
resolution_mg = 0.1
repeatability_mg = 0.1
{drift}
[analysis]
interval = "10 s"
windows_min = [1, 2]
from = "1 min"
to = "5 min"
[limits]
trumpet_percent = [10]
[[steps]]
kind = "deliver"
duration = "5 min"
{end}
"""


def folder_of(path: Path, simulated: bool, drift: str = "drift_mg_h = 0.1", end_of_life: str = "") -> Folder:
    about: dict[str, Any] = {
        "name": "bench <pump> & beaker",
        "who": "Ada",
        "began": "2026-11-23T09:00:00+00:00",
        "simulated": simulated,
        "pump": {"ours": False, "model": "another pump", "serial_number": "17"},
        "plant": None,
        "virtual_board": {},
        "balance": {"name": "scale", "protocol": "mt-sics"},
        "versions": {"pumpbench": "0", "python": "3", "numpy": "2", "system": "here"},
        "bundle_sha256": "ab" * 32,
    }
    folder = Folder.begin(path, PROTOCOL.format(drift=drift, end=end_of_life), about)
    folder.note(0.0, "began", origin=0.0, clock="wall")
    folder.note(0.0, "step", index=0, kind="deliver", text="")
    folder.note(0.0, "started", index=0)
    for second in range(0, 301, 10):
        if second != 150:
            folder.add_reading(second, Reading("stable", 0.998 * second / 600, "g", "S S 1 g"))
    folder.note(300.0, "step ended", index=0)
    folder.note(300.0, "ended")
    folder.close()
    return folder


@pytest.mark.parametrize("simulated", [True, False])
def test_the_pages_stand_alone_and_say_what_was_simulated(tmp_path: Path, simulated: bool) -> None:
    folder = folder_of(tmp_path / "trial", simulated)
    result = evaluate(folder)
    places = write_report(folder, result)
    page = places["report_html"].read_text(encoding="utf-8")
    assert ('<div class="simulated"' in page) is simulated
    assert ("No figure here was measured" in page) is simulated
    assert not re.search(r"""(?:src|href)=["']?https?:""", page)
    assert "bench &lt;pump&gt; &amp; beaker" in page
    assert page.count("<svg") >= 2
    for digest in (*result["hashes"].values(), "ab" * 32):
        assert digest in page
    assert "name, date, signature" in page
    assert places["report_pdf"].read_bytes().startswith(b"%PDF")


def test_the_same_trial_gives_the_same_pages(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "trial", simulated=True)
    first = {name: place.read_bytes() for name, place in write_report(folder, evaluate(folder)).items()}
    again = {name: place.read_bytes() for name, place in write_report(folder, evaluate(folder)).items()}
    assert first == again


def test_what_nobody_stated_leaves_no_number_for_the_uncertainty(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "trial", simulated=False, drift="")
    told = content(folder, evaluate(folder))
    assert told.verdict == "inconclusive"
    tables = [part for section in told.sections for part in section.parts if isinstance(part, Table)]
    rows = [row for table in tables for row in table.rows]
    assert ("balance drift", "–", "rectangular", "not stated", "not stated") in rows
    assert ("expanded, k = 2", "", "", "", "not known") in rows


def test_a_gap_is_told_and_its_windows_are_counted(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "trial", simulated=False)
    last = content(folder, evaluate(folder)).sections[-1]
    assert last.title == "Deviations and data quality"
    assert any("no reading for 20 s" in str(part) for part in last.parts)
    assert any("windows touch a gap" in str(part) for part in last.parts)


def test_numbers_have_no_more_digits_than_their_uncertainty() -> None:
    assert percent(1.23456, 0.14) == "+1.23 %"
    assert percent(-0.001, 0.14) == "+0.00 %"
    assert percent(12.345, 3.2) == "+12.3 %"
    assert percent(12.345, 32.0) == "+12 %"
    assert percent(None) == "–"
    assert expanded(None) == "not known"
    assert expanded(0.1378) == "0.14 %"
    assert number(0.0001234, "mL/h", 3) == "0.000123 mL/h"
    assert (volume(0.1), volume(12.5)) == ("100 µL", "12.5 mL")
    assert (duration(30), duration(5400), duration(259_200)) == ("30 s", "1.5 h", "3 days")


def test_error_b_and_its_trumpet_have_a_section_of_their_own(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "worn", False, end_of_life='end_of_life = "2 min"')
    result = evaluate(folder)
    (section,) = (one for one in content(folder, result).sections if "end of the tube set" in one.title)
    figures = section.parts[1]
    assert isinstance(figures, Table)
    assert "mean error B" in [row[0] for row in figures.rows]
    assert "mean error B" in (write_report(folder, result)["report_html"]).read_text(encoding="utf-8")
