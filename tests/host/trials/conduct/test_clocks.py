"""The trial's clock beside a real pump."""

import sys
import time

import pytest

from pumpbench.conduct.cancel import Cancel
from pumpbench.trials.conduct.clocks import ByTheWall


@pytest.mark.skipif(sys.platform != "linux", reason="the clock that counts sleep is Linux's")
def test_a_trials_time_goes_on_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ByTheWall(Cancel())
    awake = time.clock_gettime

    def after_an_hours_sleep(number: int) -> float:
        return awake(number) + (3600.0 if number == time.CLOCK_BOOTTIME else 0.0)

    before_s = clock.now_s()
    monkeypatch.setattr(time, "clock_gettime", after_an_hours_sleep)
    assert clock.now_s() - before_s >= 3600.0


def test_a_date_that_is_set_changes_no_trials_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ByTheWall(Cancel())
    told_s = time.time
    before_s = clock.now_s()
    monkeypatch.setattr(time, "time", lambda: told_s() - 86_400.0)
    assert clock.now_s() >= before_s
