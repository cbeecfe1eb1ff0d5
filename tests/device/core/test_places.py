"""Machine code finds a number by its place, ordinary code by its name: both mean the same word."""

import ast
from pathlib import Path

from pumpfw.readings import PLACES, WORDS

DEVICE = Path(__file__).resolve().parents[3] / "device" / "pumpfw"
PLACE = {name: first + index for first, names in PLACES for index, name in enumerate(names)}


def words_of_machine_code(tree: ast.Module) -> set[str]:
    """Names that a ``viper`` function uses as an index of its first argument, the array of words."""
    used = set()
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and any(
            "viper" in ast.dump(d) for d in function.decorator_list
        ):
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Subscript)
                    and isinstance(node.value, ast.Name)
                    and node.value.id == "c"
                    and isinstance(node.slice, ast.Name)
                    and node.slice.id.startswith("_")
                ):
                    used.add(node.slice.id)
    return used


def constants(tree: ast.Module) -> dict[str, int]:
    """The module's own ``_NAME = const(number)``."""
    return {
        statement.targets[0].id: ast.literal_eval(statement.value.args[0])
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "const"
        and isinstance(statement.targets[0], ast.Name)
    }


def test_every_place_of_machine_code_is_the_one_of_its_name():
    checked = 0
    for path in sorted(DEVICE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        found = constants(tree)
        for name in words_of_machine_code(tree) & set(found):
            assert found[name] == PLACE.get(name[1:].lower()), (path.name, name)
            checked += 1
    assert checked > 100


def test_no_two_names_share_a_place_and_all_lie_in_the_array():
    places = list(PLACE.values())
    assert len(places) == len(set(places))
    assert min(places) == 0
    assert max(places) < WORDS


def test_no_name_is_given_twice():
    assert len(PLACE) == sum(len(names) for _, names in PLACES)
