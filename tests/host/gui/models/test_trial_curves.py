"""A delivery's curves as they are drawn, against the limits of the protocol."""

from pathlib import Path

import numpy as np
import pytest
from tests.host.trials.conduct.test_following import END, begun, read
from tests.host.trials.conduct.test_run import ZERO

from pumpbench.files import trial as trial_file
from pumpbench.gui.models.trial_curves import curves_of, gaps_of
from pumpbench.gui.models.trial_words import forming_in_words
from pumpbench.trials.conduct import Following


def test_gaps_reach_from_the_value_before_to_the_value_behind() -> None:
    time = np.arange(6.0)
    values = np.array([np.nan, 1.0, np.nan, np.nan, 1.0, np.nan])
    assert gaps_of(time, values) == ((0.0, 1.0), (1.0, 4.0), (4.0, 5.0))
    assert gaps_of(time[:0], values[:0]) == ()


def test_windows_that_are_still_to_come_have_their_limits_already(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    read(folder, *range(0, 186, 5))
    text = folder.protocol_text.replace("[limits]", "[limits]\ntrumpet_percent = [20, 10]")
    trial = trial_file.loads(text, "trial.toml")
    (forming,) = Following(folder.path).look().deliveries
    curves = curves_of(forming, trial)
    assert (curves.rate_ml_h, curves.limit_ml_h) == (10.0, 0.5)
    assert curves.flow_ml_h == pytest.approx([10.1] * 18)
    assert curves.gaps_min == ()
    assert curves.trumpet.window_min.tolist() == [1.0]
    assert curves.trumpet.max_percent == pytest.approx([1.0])
    assert curves.trumpet.expanded_percent[0] > 0
    assert curves.trumpet.limit_at_min.tolist() == [1.0, 2.0]
    assert curves.trumpet.limit_percent.tolist() == [20.0, 10.0]
    assert forming_in_words(forming).startswith("mean error so far +1.0")
    assert curves_of(forming, None).limit_ml_h is None


def test_both_mean_errors_are_told_where_there_are_two(tmp_path: Path) -> None:
    folder = begun(tmp_path, ZERO, END)
    read(folder, *range(0, 1081, 5))
    (forming,) = Following(folder.path).look().deliveries
    a, b = forming_in_words(forming).splitlines()
    assert a.startswith("mean error A +1.0")
    assert b.startswith("mean error B so far +1.0")
    assert b.endswith("minutes 16 to 18.0 of 20")


def test_without_a_limit_for_the_trumpet_none_is_drawn(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    (forming,) = Following(folder.path).look().deliveries
    curves = curves_of(forming, trial_file.loads(folder.protocol_text, "trial.toml"))
    assert len(curves.flow_ml_h) == 0
    assert np.isnan(curves.trumpet.limit_percent).all()
    assert "not there yet" in forming_in_words(forming)


def test_a_time_without_readings_is_a_gap(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    read(folder, *range(0, 61, 5), *range(120, 186, 5))
    (forming,) = Following(folder.path).look().deliveries
    assert forming.startup is not None
    ((start, end),) = curves_of(forming, None).gaps_min
    assert start == pytest.approx(1.0)
    assert end >= 2.0
