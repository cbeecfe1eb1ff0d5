"""Values of curves in words."""

import numpy as np

from pumpbench.gui.live import Sample
from pumpbench.gui.models.bins import COLUMNS
from pumpbench.gui.models.curves import NO_VALUE, readout


def sample(**values: float) -> Sample:
    found = np.array([values.get(name, np.nan) for name in COLUMNS], np.float32)
    return Sample(0.0, found, found)


def test_the_flows_are_told_in_one_unit() -> None:
    told = readout(sample(set_nl_h=500_000, flow_nl_h=500_000, measured_nl_h=452_900))
    assert (told["set_nl_h"], told["measured_nl_h"]) == ("0.5 mL/h", "0.4529 mL/h")


def test_where_nothing_is_set_the_largest_flow_gives_the_unit() -> None:
    told = readout(sample(set_nl_h=0, flow_nl_h=0, measured_nl_h=600_000))
    assert (told["set_nl_h"], told["measured_nl_h"]) == ("0 mL/h", "0.6 mL/h")


def test_what_is_not_known_has_no_value() -> None:
    assert set(readout(sample()).values()) == {NO_VALUE}
