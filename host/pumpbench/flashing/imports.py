"""Imports that only annotations name are left out: a chip reads no annotation, and would keep every name in a
table of the module's, and look it up while it starts. Lines stay where they are.
"""

import ast
from collections.abc import Iterator


def without_idle_imports(sources: dict[str, str]) -> dict[str, str]:
    """Return `sources` (text by dotted module name) without what they import of each other and never use."""
    trees = {module: ast.parse(text) for module, text in sources.items()}
    asked = {name for tree in trees.values() for name in _asked_of_others(tree)}
    return {module: _shortened(module, sources, tree, asked) for module, tree in trees.items()}


def _asked_of_others(tree: ast.Module) -> Iterator[str]:
    """Names that a module takes from others, wherever these have them from: ``name`` or ``module.name``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _shortened(module: str, sources: dict[str, str], tree: ast.Module, asked: set[str]) -> str:
    used = asked | {node.id for node in _run(tree) if isinstance(node, ast.Name)}
    lines = sources[module].splitlines()
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module not in sources:
            continue
        names = {name: name.asname or name.name for name in node.names}
        left = [name for name, its in names.items() if its in used or f"{module}.{its}" in used]
        if len(left) < len(node.names):
            told = ", ".join(name.name + (f" as {name.asname}" if name.asname else "") for name in left)
            for row in range(node.lineno - 1, node.end_lineno or 0):
                lines[row] = ""
            lines[node.lineno - 1] = f"from {node.module} import {told}" if left else ""
    return "\n".join(lines) + "\n"


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """All that is below a node, but annotations."""
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield child
                    yield from _run(child)
