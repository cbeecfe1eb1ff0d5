"""Trial protocols: what is read, and the sentences for what is wrong."""

from pathlib import Path

import pytest

from pumpbench.files import trial as trial_file
from pumpbench.files.errors import FileError
from pumpbench.files.trial_template import TRIAL as TEMPLATE

ROOT = Path(__file__).resolve().parents[3]
SHORT = """\
[trial]
name = "short"
rate = "5 mL/h"

[[steps]]
kind = "deliver"
duration = "2 h"
"""


def test_the_protocol_that_new_writes_is_read_and_so_is_every_example() -> None:
    assert trial_file.loads(TEMPLATE, "template").windows_min == (2, 5, 11, 19, 31)
    examples = sorted((ROOT / "examples" / "trials").glob("*.toml"))
    assert examples
    for example in examples:
        trial_file.load(example)


def test_what_is_not_said_comes_from_the_preset() -> None:
    trial = trial_file.loads(SHORT, "short")
    assert (trial.interval_s, trial.analyse_s) == (30, (3600, 7200))
    assert trial.limits.mean_error_percent == 5
    assert trial.pump.ours
    ambulatory = SHORT.replace('rate = "5 mL/h"', 'rate = "5 mL/h"\npreset = "ambulatory"')
    slow = trial_file.loads(ambulatory.replace('"2 h"', '"2 days"'), "slow")
    assert (slow.interval_s, slow.analyse_s) == (900, (86_400, 172_800))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('rate = "5 mL/h"', "rate = 5"), r"\[trial\] rate = 5: is not text in quotes with a unit"),
        (('rate = "5 mL/h"', 'rate = "0 mL/h"'), r"\[trial\] rate = .0 mL/h.: is 0"),
        (('"deliver"', '"delivre"'), r'\[\[steps\]\] 1, kind = "delivre": is not one of "prime"'),
        (('duration = "2 h"', 'durration = "2 h"'), r'durration: unknown key; did you mean "duration"'),
        (('duration = "2 h"', 'duration = "1 h"'), "hold no deliver step of .* which the analysis needs"),
        (('duration = "2 h"', 'duration = "2 h"\ncount = 3'), "count = 3: has no meaning in a deliver step"),
        (("[[steps]]", "[limits]\ntrumpet_percent = [1, 2]\n\n[[steps]]"), "has 2 numbers; 1 for all windows"),  # noqa: E501
        (("[[steps]]", "[analysis]\nwindows_min = [2, 7.1]\n\n[[steps]]"), "holds 7.1; a window is a multiple"),  # noqa: E501
        (("[[steps]]", '[balance]\nread_every = "1 min"\n\n[[steps]]'), "is longer than the sample interval"),
        (("[[steps]]", '[balance]\nprotocol = "mettler"\n\n[[steps]]'), 'is not one of "mt-sics", "sbi"'),
        (("[[steps]]", "[liquid]\ntemperature_c = 20.0\n\n[[steps]]"), "air_pressure_hpa: is missing"),
        (("[[steps]]", '[pump]\ncontents = "1 mL"\n\n[[steps]]'), "is too little: the steps draw up to 10 mL"),  # noqa: E501
        (('duration = "2 h"', 'duration = "2 h"\nend_of_life = "3 h"'), "end_of_life = .* longer than the delivery"),  # noqa: E501
        (('duration = "2 h"', 'duration = "2 h"\nend_of_life = "61 s"'), "is to be a multiple of the sample interval"),  # noqa: E501
        (('duration = "2 h"', 'duration = "2 h"\n[[steps]]\nkind = "deliver"\nduration = "1 h"\nend_of_life = "1 h"'), "is for a delivery of 2 h or more"),  # noqa: E501
        (
            ("[[steps]]", '[pump]\nkind = "other"\n\n[[steps]]\nkind = "prime"\nvolume = "1 mL"\nrate = "1 mL/h"\n\n[[steps]]'),  # noqa: E501
            "prime needs a pump that can be commanded",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_key_value_and_what_is_allowed(
    change: tuple[str, str], sentence: str
) -> None:
    assert change[0] in SHORT
    with pytest.raises(FileError, match=sentence):
        trial_file.loads(SHORT.replace(*change), "wrong.toml")
