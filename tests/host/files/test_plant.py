"""Plant files: checked by the model's own list of keys."""

import pytest

from pumpbench.files import plant, toml
from pumpbench.files.errors import FileError
from pumpbench.virtual.plant import defaults

FILE = "plant.toml"


def parse(text: str) -> dict[str, object]:
    return plant.parse(toml.parse(text.encode(), FILE), FILE)


def test_an_empty_file_gives_every_default() -> None:
    whole = parse("")
    assert whole == defaults.complete({})
    assert {section for section, *_ in defaults.KEYS} | {"faults"} == set(whole)


def test_what_is_given_stands_and_the_rest_is_default() -> None:
    whole = parse(
        "[pump]\nrollers = 4\nroller_depths = [0.5, 0.4, 0.5, 0.6]\n[[faults]]\nkind = 'air'\nat_s = 3\n"
    )
    assert whole["pump"]["rollers"] == 4  # type: ignore[index]
    assert whole["faults"][0] == {"kind": "air", "at_s": 3, "duration_s": None, "value": 1000.0}  # type: ignore[index]


def test_a_complete_configuration_is_one_itself() -> None:
    whole = parse("[[faults]]\nkind = 'air'\nat_s = 3\n")
    assert plant.parse(whole, "plant.json") == whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pump]\nrollers = 4.5", "[pump] rollers = 4.5: is not a whole number from 1 to 24"),
        ("[pump]\nrollers = 25", "[pump] rollers = 25: is outside 1 to 24"),
        ("[pump]\nrolers = 4", '[pump] rolers: unknown key; did you mean "rollers"?'),
        ("[pumps]\nrollers = 4", '[pumps]: unknown key; did you mean "pump"?'),
        ("pump = 3", "pump = 3: is not a table"),
        ("[pump]\npulsation_depth = nan", "[pump] pulsation_depth = NaN: is outside 0 to 1"),
        ("[pump]\npulsation_depth = true", "[pump] pulsation_depth = true: is not a number from 0 to 1"),
        (
            "[pump]\nroller_depths = [1, 0.5]",
            "[pump] roller_depths = [1, 0.5]: has 2 numbers; 3 are needed, one a roller",
        ),
        ("[pump]\nroller_depths = 1", "[pump] roller_depths = 1: is not a list of numbers"),
        ("[home]\npresent = 1", "[home] present = 1: is not true or false"),
        ("[balance]\nprotocol = 'x'", '[balance] protocol = "x": is not one of "mt-sics"'),
        ("[reservoir]\ncontents_ml = [1, 2, 3, 4, 5]", "has 5 numbers; 1 to 4 are allowed, one a port"),
        (
            "[clock]\nerror_ppm = 'fast'",
            '[clock] error_ppm = "fast": is not a number from -10000 to 10000 ppm',
        ),
        ("faults = 3", "faults = 3: is not a list of tables"),
        ("faults = [3]", "[[faults]] 1 = 3: is not a table"),
        ("[[faults]]\nat_s = 3", "[[faults]] 1, kind: is missing"),
        ("[[faults]]\nkind = 'oclusion'", '[[faults]] 1, kind = "oclusion": is not one of occlusion, leak'),
        ("[[faults]]\nkind = 'air'\nat = 3", '[[faults]] 1, at: unknown key; did you mean "at_s"?'),
        ("[[faults]]\nkind = 'leak'\nvalue = 2", "[[faults]] 1, value = 2: is outside 0 to 1 share"),
    ],
)
def test_a_fault_is_named_by_file_key_value_and_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"{FILE}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("key", defaults.KEYS, ids=lambda key: f"{key[0]}.{key[1]}")
def test_every_default_passes_the_check_when_written_out(key: tuple[str, str, str, object]) -> None:
    section, name, _, default, *_ = key
    plant.parse({section: {name: default}}, FILE)
