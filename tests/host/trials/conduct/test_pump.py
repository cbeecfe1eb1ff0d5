"""The pump under test."""

from pathlib import Path

from pumpbench.client import connect
from pumpbench.store import Store
from pumpbench.trials.conduct.pump import RESERVOIR, PumpUnderTest, TrialRecording


def test_a_trial_says_how_much_its_reservoir_holds_and_what_that_is_stays(tmp_path: Path) -> None:
    with connect("virtual", manual=True) as client, Store(tmp_path / "lab.sqlite") as store:
        client.set_reservoir(
            RESERVOIR, capacity_nl=30_000_000, contents_nl=1_000_000, drug="dye", concentration_ng_ml=500
        )
        PumpUnderTest(client, store, TrialRecording(), run_id=1).fill(5_000_000)
        held = client.reservoir(RESERVOIR)
    assert (held.contents_nl, held.drug, held.concentration_ng_ml) == (5_000_000, "dye", 500)
