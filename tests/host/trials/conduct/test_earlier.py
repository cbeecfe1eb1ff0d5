"""Trials that were carried out before, read from their folders."""

from pathlib import Path

import pytest
from tests.host.trials.conduct.test_following import begun, read
from tests.host.trials.conduct.test_run import job, protocol

from pumpbench.trials.conduct import run_trial
from pumpbench.trials.conduct.earlier import earlier_below, report_again, result_of


def test_a_trial_that_ended_has_its_verdict_and_is_reported_again_alike(tmp_path: Path) -> None:
    result = run_trial(job(tmp_path, protocol(tmp_path)))
    (one,) = earlier_below(tmp_path)
    assert (one.folder, one.name, one.who) == (tmp_path / "out", "short", "Ada")
    assert (one.ended, one.virtual, one.simulated, one.calibration) == (True, True, True, False)
    assert (one.verdict, one.mean_error_percent) == ("pass", result["mean_error_percent"])
    again = report_again(one.folder)
    assert Path(again["report_pdf"]).read_bytes().startswith(b"%PDF")
    assert result_of(one.folder) == again
    assert again["judgements"] == result["judgements"]


def test_a_trial_that_was_cut_off_has_not_ended(tmp_path: Path) -> None:
    read(begun(tmp_path), 0, 5)
    (one,) = earlier_below(tmp_path)
    assert (one.ended, one.virtual, one.verdict) == (False, False, None)


@pytest.mark.parametrize(
    ("file", "damaged", "said"),
    [
        ("result.json", "{", "result.json cannot be read"),
        ("result.json", "[]", "result.json cannot be read: it holds no JSON object"),
        ("result.json", '{"mean_error_percent": "2 %"}', "mean_error_percent is no number"),
        ("journal.jsonl", "[]\n", "journal.jsonl, line 1: does not say what happened when"),
        ("trial.json", "\0", "trial.json cannot be read"),
    ],
)
def test_a_damaged_trial_is_named_and_hides_no_other(
    tmp_path: Path, file: str, damaged: str, said: str
) -> None:
    begun(tmp_path).path.rename(tmp_path / "whole")
    (begun(tmp_path).path / file).write_text(damaged)
    found = {one.folder.name: one.damage for one in earlier_below(tmp_path)}
    assert said in found["out"]
    assert found["whole"] == ""
