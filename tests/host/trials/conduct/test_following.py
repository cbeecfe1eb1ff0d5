"""The curves of a trial as they form, read from its folder alone."""

from pathlib import Path

import numpy as np
import pytest
from tests.host.trials.conduct.test_run import DELIVER, ZERO, job, protocol

from pumpbench.balances import Reading
from pumpbench.trials.conduct import Following, Progress, run_trial
from pumpbench.trials.conduct.errors import BadFolder
from pumpbench.trials.conduct.folder import Folder

G_PER_S = 10 * 0.998 / 3600


END = DELIVER.replace('"6 min"\n', '"20 min"\nend_of_life = "4 min"\n')
"""A delivery whose last four minutes are those of error B."""


def begun(path: Path, *steps: str) -> Folder:
    """A folder in which a delivery of 10 mL/h has just started, 100 s into the trial."""
    folder = Folder.begin(path / "out", protocol(path, *steps).read_text(), {})
    folder.note(0.0, "began", origin=0.0, clock="wall")
    folder.note(90.0, "step", index=1, kind="deliver", text="deliver")
    folder.note(100.0, "started", index=1)
    return folder


def read(folder: Folder, *seconds: float) -> None:
    for second in seconds:
        folder.add_reading(100.0 + second, Reading("stable", 1.01 * G_PER_S * second, "g", "S S"))


def test_nothing_is_known_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    look = Following(tmp_path / "none").look()
    assert (len(look.time_s), look.status, look.step, look.deliveries, look.ended) == (0, "", "", (), False)


def test_the_start_up_curve_comes_first_then_the_windows_that_fit(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    following = Following(folder.path)
    (forming,) = following.look().deliveries
    assert (forming.step, forming.started_s, forming.startup, forming.trumpet) == (2, 100.0, None, ())
    read(folder, *range(0, 61, 5))
    (forming,) = following.look().deliveries
    assert forming.startup is not None
    assert forming.startup.flow_ml_h == pytest.approx([10.1] * 6)
    assert (forming.mean_error_percent, forming.trumpet) == (None, ())
    read(folder, *range(65, 186, 5))
    (forming,) = following.look().deliveries
    assert forming.analysed_to_min == pytest.approx(3.0)
    assert forming.mean_error_percent == pytest.approx(1.0)
    assert forming.expanded_percent is not None
    assert [one.window.window_min for one in forming.trumpet] == [1]
    read(folder, *range(190, 361, 5))
    (forming,) = following.look().deliveries
    assert [one.window.window_min for one in forming.trumpet] == [1, 2]
    assert forming.trumpet[1].window.max_percent == pytest.approx(1.0)


def test_error_b_forms_behind_error_a_where_a_delivery_ends_a_tube_sets_life(tmp_path: Path) -> None:
    folder = begun(tmp_path, ZERO, END)
    following = Following(folder.path)
    read(folder, *range(0, 961, 5))
    (forming,) = following.look().deliveries
    assert forming.mean_error_percent == pytest.approx(1.0)
    assert forming.error_b is not None
    assert forming.error_b.analyse_min == (16.0, 20.0)
    assert (forming.error_b.analysed_to_min, forming.error_b.mean_error_percent) == (None, None)
    read(folder, *range(965, 1081, 5))
    (forming,) = following.look().deliveries
    assert forming.error_b is not None
    assert forming.error_b.analysed_to_min == pytest.approx(18.0)
    assert forming.error_b.mean_error_percent == pytest.approx(1.0)


def test_a_delivery_that_ends_no_tube_sets_life_has_no_error_b(tmp_path: Path) -> None:
    (forming,) = Following(begun(tmp_path).path).look().deliveries
    assert forming.error_b is None


def test_a_reading_without_a_mass_is_no_number_and_half_a_line_is_not_read_yet(
    tmp_path: Path,
) -> None:
    folder = begun(tmp_path)
    following = Following(folder.path)
    read(folder, 0, 5)
    folder.add_reading(110.0, Reading("silent"))
    folder.note(110.0, "balance", sentence="the balance does not answer")
    with (folder.path / "readings.csv").open("a") as torn:
        torn.write("115.0,stab")
    look = following.look()
    assert look.time_s.tolist() == [100.0, 105.0, 110.0]
    assert np.isnan(look.mass_g).tolist() == [False, False, True]
    assert (look.status, look.said) == ("silent", ("the balance does not answer",))
    with (folder.path / "readings.csv").open("a") as torn:
        torn.write("le,0.5,g,S S\n")
    assert following.look().mass_g.tolist()[-1] == 0.5


def test_a_line_that_is_no_reading_is_named(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    read(folder, 0)
    with (folder.path / "readings.csv").open("a") as odd:
        odd.write("5,stable\n")
    with pytest.raises(BadFolder, match=r"readings.csv, line 3: has 2 columns"):
        Following(folder.path).look()


def test_what_was_seen_at_the_end_is_what_the_result_says(tmp_path: Path) -> None:
    following = Following(tmp_path / "out")
    seen: list[int] = []
    steps: set[str] = set()

    def on_progress(now: Progress) -> None:
        look = following.look()
        seen.append(len(look.time_s))
        steps.add(look.step)

    result = run_trial(job(tmp_path, protocol(tmp_path, ZERO, END), on_progress=on_progress))
    assert seen == sorted(seen)
    assert len(set(seen)) > 60
    assert len(steps) == 2
    look = following.look()
    (forming,) = look.deliveries
    assert look.ended
    assert len(look.time_s) == result["readings"]["count"]
    assert forming.mean_error_percent == result["mean_error_percent"]
    assert forming.expanded_percent == result["mean_error_expanded_percent"]
    assert forming.error_b is not None
    assert forming.error_b.mean_error_percent == result["mean_error_b_percent"]
    assert forming.error_b.expanded_percent == result["mean_error_b_expanded_percent"]
    assert forming.startup is not None
    assert forming.startup.as_list() == result["startup"]
    assert [one.as_dict() for one in forming.trumpet] == result["trumpet"]
