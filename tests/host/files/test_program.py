"""Program files: what is taken, what is refused with which sentence, and what goes onto the wire."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpbench.files import program, template, toml
from pumpbench.files.errors import CannotRead, CannotWrite, FileError
from pumplink import codec, named
from pumplink.messages import MESSAGES
from pumplink.states import SEGMENT_BOLUS

FILE = "pump.toml"
GOOD = """\
[program]
name = "test"
mode = "attended"
on_link_lost = "keep-open"
keep_open_rate = "0.1 mL/day"
repeat = 2
telemetry_rate = "20 Hz"

[[segments]]
kind = "constant"
reservoir = "main"
rate = "1.2 mL/day"
duration = "5 days"

[[segments]]
kind = "bolus"
reservoir = 2
volume = "50 uL"
duration = "10 min"

[[reservoirs]]
id = "main"
capacity = "40 mL"
contents = "30 mL"

[[reservoirs]]
id = 2
capacity = "10 mL"
contents = "8 mL"
drug = "dye"
concentration = "6.46 mg/mL"
low_at = "1 mL"
"""


def parse(text: str) -> program.Program:
    return program.parse(toml.parse(text.encode(), FILE), FILE)


def refusal(text: str) -> str:
    with pytest.raises(FileError) as caught:
        parse(text)
    return str(caught.value)


def test_a_program_is_read_in_base_units() -> None:
    found = parse(GOOD)
    assert next(iter(found.wire_segments())) == {
        "index": 0, "kind": 0, "reservoir": 0,
        "rate_nl_h": 50_000, "to_rate_nl_h": 0, "volume_nl": 0, "duration_s": 432_000,
    }  # fmt: skip
    assert found.wire_program() == {
        "name": "test", "mode": 1, "on_link_lost": 0, "keep_open_nl_h": 4_167, "repeat": 2, "segments": 2,
    }  # fmt: skip
    assert list(found.wire_reservoirs())[1] == {
        "index": 1,
        "capacity_nl": 10_000_000, "contents_nl": 8_000_000, "low_at_nl": 1_000_000, "empty_at_nl": 0,
        "concentration_ng_ml": 6_460_000, "drug": "dye",
    }  # fmt: skip
    assert (found.volume_nl, found.duration_s, found.peak_nl_h) == (12_100_000, 865_200.0, 300_000)
    assert found.telemetry_hz == 20


def test_a_bolus_may_be_a_volume_over_a_time() -> None:
    bolus = list(parse(GOOD).wire_segments())[1]
    assert (bolus["kind"], bolus["rate_nl_h"], bolus["duration_s"]) == (SEGMENT_BOLUS, 300_000, 0)


def test_a_low_mark_that_is_not_given_is_a_tenth_of_the_contents() -> None:
    assert parse(GOOD).reservoirs[0].low_at_nl == 3_000_000


def test_without_reservoirs_the_board_s_own_are_called_by_number() -> None:
    segment = {"kind": "constant", "rate": "1 mL/h", "duration": "1 h", "reservoir": 3}
    found = program.parse({"program": {"name": "x"}, "segments": [segment]}, FILE)
    assert next(iter(found.wire_segments()))["reservoir"] == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "test"\n', "", "[program] name: is missing"),
        ('name = "test"', 'nme = "test"', '[program] nme: unknown key; did you mean "name"?'),
        (
            'name = "test"',
            f'name = "{"ä" * 13}"',
            "takes 26 bytes in UTF-8; 1 to 24 bytes of text are allowed",
        ),
        ('name = "test"', 'name = "a\\tb"', "holds characters that cannot be shown"),
        ('"attended"', '"alone"', '[program] mode = "alone": is not one of "autonomous", "attended"'),
        ('"keep-open"', '"go on"', '[program] on_link_lost = "go on": is not one of "keep-open", "stop"'),
        ("repeat = 2", "repeat = 0", "[program] repeat = 0: is outside 1 to 10000"),
        ("repeat = 2", "repeat = 2.0", "[program] repeat = 2.0: is not a whole number from 1 to 10000"),
        ("repeat = 2", "repeat = true", "[program] repeat = true: is not a whole number"),
        ('"20 Hz"', '"2 kHz"', '[program] telemetry_rate = "2 kHz": is outside 1 Hz to 1000 Hz'),
        ('keep_open_rate = "0.1 mL/day"\n', "", "[program] keep_open_rate: must be given, more than 0"),
        (
            '"0.1 mL/day"',
            '"3 mL/day"',
            'keep_open_rate = "3 mL/day": is above the rate of segment 1; at most 1.2 mL/day is allowed',
        ),
        (
            'rate = "1.2 mL/day"',
            'rate = "10"',
            '[[segments]] 1, rate = "10": has no unit; write it like "1.2 mL/day"',
        ),
        ('rate = "1.2 mL/day"', "rate = 10", "[[segments]] 1, rate = 10: is not text in quotes with a unit"),
        ('rate = "1.2 mL/day"', 'rate = "30 mL"', "is a volume, but a flow rate is wanted"),
        (
            'rate = "1.2 mL/day"',
            'rate = "18 mL/min"',
            '[[segments]] 1, rate = "18 mL/min": is outside 0 to 1020 mL/h',
        ),
        (
            'rate = "1.2 mL/day"',
            'rate = "0 mL/h"',
            '[[segments]] 1, rate = "0 mL/h": is 0; more than 0 is needed',
        ),
        (
            'duration = "5 days"\n',
            "",
            "[[segments]] 1, duration: is missing, and volume too; exactly one of them",
        ),
        (
            'duration = "5 days"',
            'duration = "1 h"\nvolume = "1 mL"',
            "stands beside volume; exactly one of them ends",
        ),
        (
            'duration = "10 min"',
            'duration = "10 min"\nrate = "1 mL/h"',
            "stands beside rate; a bolus has exactly one",
        ),
        (
            'duration = "10 min"\n',
            "",
            '[[segments]] 2, rate: is missing; a bolus needs a rate, like "10 mL/h"',
        ),
        ('volume = "50 uL"\n', "", "[[segments]] 2, volume: is missing; a bolus segment needs it"),
        (
            'volume = "50 uL"',
            'volume = "0 uL"',
            '[[segments]] 2, volume = "0 uL": is nothing; more than 0 nL',
        ),
        ('"constant"', '"ramp"', "[[segments]] 1, to_rate: is missing; a ramp segment needs it"),
        (
            '"constant"',
            '"pause"',
            'rate = "1.2 mL/day": has no meaning in a pause segment; allowed are duration',
        ),
        ('"constant"', '"constnt"', '[[segments]] 1, kind = "constnt": is not one of "constant", "ramp"'),
        (
            "reservoir = 2",
            'reservoir = "dye"',
            'reservoir = "dye": there is no such reservoir; "main" or "2" is allowed',
        ),
        ("reservoir = 2\n", "", '[[segments]] 2, reservoir: is missing; "main" or "2" is allowed'),
        ("id = 2", 'id = "main"', '[[reservoirs]] 2, id = "main": is the id of another reservoir too'),
        ('contents = "30 mL"', 'contents = "41 mL"', "is more than the capacity; at most 40 mL is allowed"),
        (
            'contents = "30 mL"',
            'contents = "11 mL"',
            '1, contents = "11 mL": is too little: the program draws 12 mL, and 11 mL can be drawn',
        ),
        (
            'low_at = "1 mL"',
            'low_at = "8 mL"',
            '[[reservoirs]] 2, low_at = "8 mL": is not below the contents',
        ),
        (
            'low_at = "1 mL"',
            'low_at = "1 mL"\nempty_at = "2 mL"',
            'empty_at = "2 mL": is above low_at; at most 1 mL',
        ),
        (
            'capacity = "10 mL"',
            'capacity = "2 L"',
            '[[reservoirs]] 2, capacity = "2 L": is outside 0 to 1000 mL',
        ),
        ("[program]", "[progam]", '[progam]: unknown key; did you mean "program"?'),
    ],
)
def test_a_fault_is_named_by_file_key_value_and_what_is_allowed(old: str, new: str, said: str) -> None:
    assert old in GOOD
    sentence = refusal(GOOD.replace(old, new, 1))
    assert sentence.startswith(f"{FILE}: ")
    assert said in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[program\n", "line 1, column 9: is no valid TOML"),
        ("[program]\nname = \n", "line 2, column 8: is no valid TOML"),
        ("[program]\nname", "line 2, column 5: is no valid TOML"),
        ("[program]\n[program]\n", "line 2, column 9: is no valid TOML: cannot declare [program] twice"),
        ("[a.b]\n[a.b]\n", "line 2, column 5: is no valid TOML: cannot declare [a.b] twice"),
        ("", "[program]: is missing"),
        ('[program]\nname = "x"\n', "[[segments]]: is missing"),
        ('segments = []\n[program]\nname = "x"\n', "[[segments]]: there is none, at least 1 is needed"),
        ("program = 3\nsegments = 4\n", "program = 3: is not a table"),
        (
            'segments = [1]\n[program]\nname = "x"\n',
            "[[segments]] 1 = 1: is not a table; write [[segments]]",
        ),
    ],
)
def test_what_is_no_program_at_all_is_told_where_it_goes_wrong(text: str, said: str) -> None:
    assert said in refusal(text)


def test_more_segments_than_the_wire_carries_are_refused() -> None:
    one = '[[segments]]\nkind = "pause"\nduration = "1 s"\n'
    assert "[[segments]]: there are 33, at most 32 are allowed" in refusal(
        '[program]\nname = "x"\n' + 33 * one
    )


def test_several_faults_are_counted() -> None:
    sentence = refusal(GOOD.replace("repeat = 2", "repeat = 0").replace('"attended"', '"alone"'))
    assert "(and 1 more fault)" in sentence


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match=r"none\.toml: there is no such file"):
        program.load(tmp_path / "none.toml")
    with pytest.raises(CannotRead, match="is a folder"):
        program.load(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(CannotRead, match="line 2: is not UTF-8 text"):
        program.load(tmp_path / "binary.toml")


def test_the_template_is_itself_a_good_program_and_is_not_written_over_another_file(tmp_path: Path) -> None:
    place = tmp_path / "new.toml"
    toml.write_new(place, template.PROGRAM)
    assert program.load(place).name == "my program"
    with pytest.raises(CannotWrite, match="is there already"):
        toml.write_new(place, "")
    assert place.read_text() == template.PROGRAM


def _quantity(least: int, most: int, unit: str) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda number: f"{number} {unit}")


_RATES = _quantity(1, 100_000_000, "nL/h")
_SECONDS = _quantity(1, 1000, "s")
_SEGMENTS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("constant"), "rate": _RATES, "duration": _SECONDS}),
    st.fixed_dictionaries(
        {"kind": st.just("constant"), "rate": _RATES, "volume": _quantity(1, 10_000, "nL")}
    ),
    st.fixed_dictionaries({"kind": st.just("ramp"), "rate": _RATES, "to_rate": _RATES, "duration": _SECONDS}),
    st.fixed_dictionaries({"kind": st.just("bolus"), "rate": _RATES, "volume": _quantity(1, 10_000, "nL")}),
    st.fixed_dictionaries({"kind": st.just("pause"), "duration": _SECONDS}),
    st.fixed_dictionaries({"kind": st.just("keep-open"), "rate": _RATES, "duration": _SECONDS}),
)


@given(st.lists(_SEGMENTS, min_size=1, max_size=32), st.integers(1, 10_000))
def test_a_program_that_passes_is_carried_by_the_wire_unchanged(segments: list[Any], repeat: int) -> None:
    found = program.parse({"program": {"name": "x", "repeat": repeat}, "segments": segments}, FILE)
    sent: list[tuple[str, dict[str, Any]]] = [("program_begin", found.wire_program())]
    sent += [("program_segment", segment) for segment in found.wire_segments()]
    numbers = {name: number for number, name, _, _ in MESSAGES}
    for name, fields in sent:
        number = numbers[name]
        values = named.from_dict(number, {"session": 1, "request": 1} | dict(fields))
        assert codec.check(number, values) == -1
        out = bytearray(codec.size(number))
        codec.pack_into(number, out, 0, values)
        back = named.to_dict(number, codec.unpack_from(number, out, 0, len(out)))
        assert {key: back[key] for key in fields} == fields


_KEYS = st.sampled_from(["program", "segments", "reservoirs", "name", "kind", "rate"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _VALUES))
def test_tables_pass_or_are_refused_in_one_sentence(tables: dict[str, Any]) -> None:
    with contextlib.suppress(FileError):
        program.parse(tables, FILE)
