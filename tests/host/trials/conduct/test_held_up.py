"""A host that is held up between its look at the pump and its look at the clock."""

import time
from pathlib import Path

import pytest
from tests.host.trials.conduct.test_resume import PRIME
from tests.host.trials.conduct.test_run import LONGER, job, unhurried

from pumpbench.trials.conduct import run_trial
from pumpbench.trials.conduct.pump import PumpUnderTest


def test_a_pump_that_ended_while_the_host_was_held_up_does_not_go_on_for_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = PumpUnderTest.ended
    looks: list[bool] = []

    def held_up(pump: PumpUnderTest, *, may_stop: bool = False) -> bool:
        looks.append(ended(pump, may_stop=may_stop))
        if len(looks) == 1:
            time.sleep(4.5)  # 90 s of the board's time; the prime and the margin beyond it are 84 s
        return looks[-1]

    monkeypatch.setattr(PumpUnderTest, "ended", held_up)
    result = run_trial(job(tmp_path, unhurried(tmp_path, PRIME, LONGER), speed=20))
    assert not looks[0]
    assert not result["deviations"]
