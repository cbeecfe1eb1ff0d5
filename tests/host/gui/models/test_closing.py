"""What closing the window ends, so that it is asked about first."""

from pumpbench.gui.models.closing import closing_stops


def test_a_trial_is_asked_about_whatever_is_known_of_the_pump() -> None:
    assert "ends the trial" in closing_stops(None, False, False, True)
    assert closing_stops(None, False, False, False) == ""
