"""What a drug library has to say before the pump hears of it."""

from typing import Any

from pumpbench.client import Reservoir
from pumpbench.conduct.drug_limits import check_bolus, check_filling, check_program, refusal
from pumpbench.files import library
from pumpbench.files.checking import check
from pumpbench.files.program import Program, parse

LIBRARY = check(
    library.Library,
    {
        "library": {"name": "bench"},
        "drugs": [
            {"name": "water"},
            {
                "name": "drug",
                "concentrations": ["1 mg/mL", "2 mg/mL"],
                "soft_rate": "1 mL/h",
                "hard_rate": "2 mL/h",
                "soft_bolus": "0.1 mL",
                "hard_bolus": "0.2 mL",
                "soft_dose": "24 mg/day",
                "hard_dose": "30 mg/day",
            },
        ],
    },
    "library",
)


def holding(drug: str, concentration_ng_ml: int = 0) -> Reservoir:
    return Reservoir(0, 30_000_000, 30_000_000, 0, 0, concentration_ng_ml, drug, 0, 0, 0)


DRUG = holding("drug", 1_000_000)


def program(*segments: dict[str, Any]) -> Program:
    return parse({"program": {"name": "x"}, "segments": list(segments)}, "x")


def constant(rate: str, duration: str = "1 h") -> dict[str, Any]:
    return {"kind": "constant", "rate": rate, "duration": duration}


def told(*segments: dict[str, Any], filled: Reservoir = DRUG) -> list[tuple[bool, str]]:
    found = check_program(LIBRARY, program(*segments), [filled])
    return [(crossing.hard, crossing.sentence) for crossing in found]


def test_within_all_limits_nothing_is_said() -> None:
    assert told(constant("1 mL/h", "24 h")) == []


def test_above_a_soft_limit_is_a_question_and_above_a_hard_one_a_refusal() -> None:
    assert told(constant("1.5 mL/h")) == [
        (False, "reservoir 0: a flow of 1.5 mL/h is above the soft limit of 1 mL/h for drug")
    ]
    assert told(constant("2.5 mL/h")) == [
        (True, "reservoir 0: a flow of 2.5 mL/h is above the hard limit of 2 mL/h for drug")
    ]


def test_a_day_s_dose_is_that_of_the_worst_day() -> None:
    quiet, busy = constant("0.5 mL/h", "48 h"), constant("1 mL/h", "24 h")
    assert told(quiet, busy, quiet) == []
    pulse = {"kind": "bolus", "volume": "0.1 mL", "rate": "1 mL/h"}
    found = told(quiet, busy, *[pulse, constant("1 mL/h", "6 h")] * 2, quiet)
    assert found == []  # a bolus of the basal rate itself adds nothing
    faster = {"kind": "bolus", "volume": "0.1 mL", "rate": "10 mL/h"}
    assert [hard for hard, _ in told(busy, faster, busy)] == [False]


def test_a_bolus_segment_has_limits_of_its_own() -> None:
    fast = {"kind": "bolus", "volume": "0.15 mL", "rate": "10 mL/h"}
    assert told(fast) == [
        (False, "reservoir 0: a bolus of 150 µL is above the soft limit of 100 µL for drug")
    ]


def test_a_drug_that_is_not_in_the_library_is_refused_and_none_is_a_question() -> None:
    assert told(constant("1 mL/h"), filled=holding("wine")) == [
        (True, 'reservoir 0: "wine" is not in the library "bench", which has water, drug')
    ]
    assert [hard for hard, _ in told(constant("1 mL/h"), filled=holding(""))] == [False]
    assert told(constant("100 mL/h"), filled=holding("water")) == []


def test_another_concentration_than_the_library_s_is_refused() -> None:
    (found,) = check_filling(LIBRARY, holding("drug", 3_000_000), "reservoir 0")
    assert found.hard
    assert "is 3 mg/mL; 1 mg/mL or 2 mg/mL is in the library" in found.sentence


def test_a_single_bolus_is_checked_by_volume_and_by_dose() -> None:
    assert check_bolus(LIBRARY, DRUG, 100_000, "reservoir 0") == []
    (soft,) = check_bolus(LIBRARY, DRUG, 150_000, "reservoir 0")
    assert not soft.hard
    found = check_bolus(LIBRARY, DRUG, 31_000_000, "reservoir 0")
    assert "above the hard limit of 200 µL for drug; reservoir 0: in the worst 24 hours" in refusal(found)
    assert refusal([soft]) == ""


def test_a_program_s_own_reservoirs_come_before_the_board_s() -> None:
    own = parse(
        {
            "program": {"name": "x"},
            "segments": [constant("1 mL/h")],
            "reservoirs": [{"id": "a", "capacity": "30 mL", "contents": "30 mL", "drug": "wine"}],
        },
        "x",
    )
    (found,) = check_program(LIBRARY, own, [DRUG])
    assert found.sentence.startswith("reservoir a:")
