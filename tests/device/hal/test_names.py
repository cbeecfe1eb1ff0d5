"""Private names are shortened module by module for a board: a class that is built on another module's class
must have none, or both would mean the same attribute."""

import ast
from collections.abc import Iterator

import pytest
from tests.support.micropython import DEVICE

FILES = sorted((DEVICE / "pumpfw").rglob("*.py"))


def private_names(source: str) -> Iterator[str]:
    """The private attributes of classes whose base is not of the same module."""
    tree = ast.parse(source)
    ours = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)} | {
        "Protocol",
        "Exception",
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(
            not (isinstance(base, ast.Name) and base.id in ours) for base in node.bases
        ):
            for inner in ast.walk(node):
                of_self = isinstance(inner, ast.Attribute) and ast.unparse(inner.value) == "self"
                if of_self and inner.attr.startswith("_") and not inner.attr.startswith("__"):
                    yield f"{node.name}.{inner.attr}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_class_on_another_modules_class_has_no_private_names(path) -> None:
    assert not list(private_names(path.read_text()))


def test_such_a_class_would_be_found() -> None:
    assert list(private_names("class A(other.B):\n    def f(self): self._x = 1")) == ["A._x"]
