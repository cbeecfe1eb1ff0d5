"""What a dry run says while it goes."""

import pytest

from pumpbench.conduct.progress import Progress
from pumpbench.gui.models.dry_run_words import Pace, share

DAY_S = 86_400


def progress(elapsed_s: float, total_s: float) -> Progress:
    return Progress("running", 600_000, 16_800_000, 0, 50_000, elapsed_s, total_s, 0, True)


def test_it_says_how_far_it_is_how_fast_and_for_how_long() -> None:
    now = progress(DAY_S / 2, 14 * DAY_S)
    assert Pace(began_s=100.0).sentence(now, 120.0) == (
        "SIMULATED, 10 ticks a second: 12:00:00 of 14 d 00:00:00, 600 µL of 16.8 mL; "
        "2,160 times as fast as real, about 09:00 left"
    )
    assert share(now) == pytest.approx(1 / 28)


def test_before_it_has_got_far_it_says_no_more_than_that() -> None:
    assert Pace(began_s=100.0).sentence(progress(0.0, 3600), 100.5) == (
        "SIMULATED: 00:00 of 01:00:00, 600 µL of 16.8 mL"
    )
