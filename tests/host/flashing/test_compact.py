"""What is made small means the same, and stands on the same lines."""

import re

import pytest

from pumpbench.flashing.compact import compact, module_name
from pumpbench.flashing.errors import FirmwareSourceError

NUMBERS = '"""Numbers."""\n\nRATE = 20\nMASK = 1 << 4 | 1\nNAME = "x"\nLOW, HIGH = 1, -2\n'
USER = '''"""A user — of them."""

from pack import numbers
from pack.numbers import (
    MASK,
    NAME,
    RATE,
)

_TWICE = RATE * 2
_count = 0


class Pump:
    """A pump."""

    def __init__(self, rate):
        self._rate = rate or _TWICE
        self.mask = MASK

    def _next(self):
        return self._rate + numbers.HIGH + len("µ _rate")

    def all(self):
        return [self._next(), self.mask, NAME, numbers.LOW]
'''


def small(user: str = USER) -> str:
    return compact({"pack/numbers.py": NUMBERS, "pack/user.py": user})[0]["pack/user.py"]


def test_means_the_same() -> None:
    text = small()
    assert "from pack.numbers import NAME" in text
    space: dict[str, object] = {"NAME": "x"}
    exec(re.sub("from pack.*", "", text), space)
    assert space["Pump"](0).all() == [40 - 2 + len("µ _rate"), 17, "x", 1]  # type: ignore[operator]


def test_every_statement_stays_on_its_line() -> None:
    before, after = USER.splitlines(), small().splitlines()
    assert len(before) == len(after)
    for number, line in enumerate(before):
        if line.lstrip().startswith(("def ", "class ", "return")):
            assert after[number].split("(")[0].split()[0] == line.split("(")[0].split()[0]


def test_no_private_name_and_no_constant_is_left() -> None:
    text = re.sub('".*?"', "", small())
    assert not re.search(r"_rate|_next|_count|_TWICE|RATE|MASK", text)


def test_the_long_names_are_told() -> None:
    _, names = compact({"pack/user.py": USER})
    assert {"_rate", "_next", "_count"} <= set(names["pack/user.py"].values())


def test_a_constant_that_is_set_twice_is_none() -> None:
    assert "A = 2" in compact({"a.py": "A = 1\nA = 2\nx = A\n"})[0]["a.py"]


def test_an_import_that_is_all_of_a_block_leaves_the_block() -> None:
    text = small("if True:\n    from pack.numbers import RATE\nx = RATE\n")
    space: dict[str, object] = {}
    exec(text, space)
    assert space["x"] == 20


def test_what_only_annotations_name_is_not_imported() -> None:
    sources = {
        "pack/a.py": "class A:\n    pass\n\nclass B:\n    pass\n\ndef f():\n    pass\n",
        "pack/b.py": "from pack.a import (\n    A,\n    B,\n)\nfrom pack.a import f\ndef g(a: A) -> B: 0\n",
        "pack/c.py": "from pack import b\nfrom pack.b import g\ng(b.f)\n",
    }
    small = compact(sources)[0]
    assert small["pack/b.py"] == "\n\n\n\nfrom pack.a import f\ndef g(a: A) -> B: 0\n"
    assert small["pack/c.py"] == sources["pack/c.py"]
    sources["pack/c.py"] = "from pack.b import B\nB()\n"
    assert compact(sources)[0]["pack/b.py"].startswith("from pack.a import B\n\n\n\n\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("from pack.numbers import _secret\nx = _secret\n", "_secret is private"),
        (
            "from a import Base\nclass Pump(Base):\n    def _run(self): pass\n",
            "Pump has the private name _run",
        ),
        ("def f(_rate):\n    return f'{_rate}'\n", "formatted string"),
    ],
)
def test_what_would_change_its_meaning_is_refused(line: str, told: str) -> None:
    with pytest.raises(FirmwareSourceError, match=f"user.py:.*{told}"):
        small(line)


def test_a_module_is_named_by_its_path() -> None:
    assert module_name("pumpfw/hal/__init__.mpy") == "pumpfw.hal"
    assert module_name("pumpfw/tick.py") == "pumpfw.tick"
