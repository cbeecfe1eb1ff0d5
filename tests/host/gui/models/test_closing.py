"""What closing the window ends, so that it is asked about first."""

from tests.host.gui.models.pumps import snapshot

from pumpbench.gui.models.closing import closing_stops


def test_a_trial_is_asked_about_whatever_is_known_of_the_pump() -> None:
    assert "ends the trial" in closing_stops(None, False, False, True)
    assert closing_stops(None, False, False, False) == ""


def test_what_the_database_does_not_take_is_asked_about_also_while_the_pump_stands() -> None:
    told = closing_stops(snapshot("stopped", problem="the disk is full"), True, False, False)
    assert told == "the disk is full. What is not recorded yet may be lost when the window is closed now."
