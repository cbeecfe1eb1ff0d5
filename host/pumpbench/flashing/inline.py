"""Constants in place of their names: a name costs a chip a look-up at every use, and memory in every module
that imports it. ``NAME = 20`` at the top of a firmware module becomes the number wherever the name stood.

Lines stay where they are, so that tracebacks from the board name the right ones.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator

_LARGEST = 1 << 30  # past it a number is an object on the heap, and better kept once
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.Mod: operator.mod,
}

Constants = dict[str, int]


def inline(sources: dict[str, str]) -> dict[str, str]:
    """Return the modules of `sources` (source by dotted module name) with their constants put in place."""
    trees = {module: ast.parse(source) for module, source in sources.items()}
    constants: dict[str, Constants] = {}
    pending = -1
    while pending != sum(map(len, constants.values())):  # until a round finds no more
        pending = sum(map(len, constants.values()))
        for module, tree in trees.items():
            constants[module] = dict(_defined(tree, _known(tree, constants, module)))
    return {module: _Module(trees[module], sources[module], constants, module).text() for module in sources}


def _known(tree: ast.Module, constants: dict[str, Constants], module: str) -> Constants:
    """The constants that `module` can name: its own, and those that it imports."""
    known = dict(constants.get(module, {}))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            there = constants.get(node.module or "", {})
            known |= {name.asname or name.name: there[name.name] for name in node.names if name.name in there}
    return known


def _defined(tree: ast.Module, known: Constants) -> Iterator[tuple[str, int]]:
    """The constants that a module defines: names in capitals, set once, to a number that can be told now."""
    stored = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del)
    ]
    for node in tree.body:
        for target, value in _assignments(node):
            number = _value(value, known)
            if _CONSTANT.fullmatch(target.id) and number is not None and stored.count(target.id) == 1:
                yield target.id, number
                known[target.id] = number


def _assignments(node: ast.stmt) -> Iterator[tuple[ast.Name, ast.expr]]:
    """The pairs of ``A = 1`` and of ``A, B = 1, 2``."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        yield target, value
    elif isinstance(target, ast.Tuple):
        values = value.elts if isinstance(value, ast.Tuple) else _range(value, len(target.elts))
        for each, its in zip(target.elts, values, strict=True):
            if isinstance(each, ast.Name):
                yield each, its


def _range(value: ast.expr, count: int) -> list[ast.expr]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "range":
        return [ast.Constant(number) for number in range(count)]
    return [value] * count


def _value(node: ast.expr, known: Constants) -> int | None:
    value: int | None = None
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        value = node.value
    elif isinstance(node, ast.Name):
        value = known.get(node.id)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _value(node.operand, known)
        value = None if inner is None else -inner
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _value(node.left, known), _value(node.right, known)
        if left is not None and right is not None:
            value = _OPERATORS[type(node.op)](left, right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const":
        value = _value(node.args[0], known)
    return value if value is not None and -_LARGEST <= value < _LARGEST else None


class _Module:
    """One module being rewritten, by replacing stretches of its lines."""

    def __init__(self, tree: ast.Module, source: str, constants: dict[str, Constants], module: str) -> None:
        self._tree = tree
        self._lines = [line.encode() for line in source.splitlines()]  # the tree counts columns in bytes
        self._constants = constants
        self._known = _known(tree, constants, module)
        self._own = constants[module]
        self._modules = dict(self._imported_modules())
        self._edits: list[tuple[ast.expr | ast.stmt, str]] = []

    def text(self) -> str:
        """Return the module's source with numbers for names."""
        inside: set[ast.AST] = set()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom):
                self._shorten_import(node)
            elif isinstance(node, ast.Assign) and node in self._tree.body and self._is_all_own(node):
                self._edits.append((node, ""))
                inside.update(ast.walk(node))
        for node in ast.walk(self._tree):
            number = self._number(node)
            if number is not None and node not in inside:
                assert isinstance(node, ast.expr)
                self._edits.append((node, _literal(number)))
        for node, text in sorted(self._edits, key=lambda edit: (-edit[0].lineno, -edit[0].col_offset)):
            self._replace(node, text)
        return b"\n".join(self._lines).decode() + "\n"

    def _number(self, node: ast.AST) -> int | None:
        """What `node` stands for, when it names a constant."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            return self._known.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return self._constants.get(self._modules.get(node.value.id, ""), {}).get(node.attr)
        return None

    def _imported_modules(self) -> Iterator[tuple[str, str]]:
        """The names of imported firmware modules, and the modules."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom):
                for name in node.names:
                    whole = f"{node.module}.{name.name}"
                    if whole in self._constants:
                        yield name.asname or name.name, whole

    def _is_all_own(self, node: ast.Assign) -> bool:
        names = [target.id for target, _ in _assignments(node)]
        return bool(names) and all(name in self._own for name in names)

    def _shorten_import(self, node: ast.ImportFrom) -> None:
        there = self._constants.get(node.module or "", {})
        left = [name for name in node.names if name.name not in there]
        if len(left) < len(node.names):
            names = ", ".join(name.name + (f" as {name.asname}" if name.asname else "") for name in left)
            # A block must not be left empty: the import may be all there is under an ``if``.
            empty = "" if node in self._tree.body else "pass"
            self._edits.append((node, f"from {node.module} import {names}" if left else empty))

    def _replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        after = self._lines[last][node.end_col_offset :]
        for row in range(first + 1, last + 1):
            self._lines[row] = b""
        self._lines[first] = self._lines[first][: node.col_offset] + text.encode() + after


def _literal(number: int) -> str:
    return f"({number})" if number < 0 else str(int(number))
