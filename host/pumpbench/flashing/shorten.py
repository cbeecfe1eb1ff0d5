"""Short private names: what a chip keeps of every name is its text, so private names become ``_0``, ``_1``...

A private name (``_like_this``) belongs to one module, so each module counts anew and the chip stores the few
short names once. Lines and columns of statements stay: a traceback from the board still names file and line.
"""

import ast
import io
import re
import tokenize

from pumpbench.flashing.errors import FirmwareSourceError

_PRIVATE = re.compile(r"_(?!_)\w\w+(?<!__)")
_FORMATTED = re.compile(r"[rR]?[fF]['\"]")


def shorten(source: str, file: str) -> tuple[str, dict[str, str]]:
    """Return `source` with its private names shortened, and the long name of each short one.

    Raises ``FirmwareSourceError`` where a private name is used across modules, beside those of a base class
    from another module, or inside a formatted string, since it would then mean something else.
    """
    _refuse_private_beside_foreign_base(ast.parse(source), file)
    short: dict[str, str] = {}
    lines = source.splitlines(keepends=True)
    edits: list[tuple[int, int, int, str]] = []
    importing = False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row, start = token.start
        if token.type == tokenize.NEWLINE:
            importing = False
        elif token.type == tokenize.STRING:
            if _FORMATTED.match(token.string) and re.search(r"{[^}]*\b_\w", token.string):
                raise FirmwareSourceError(f"{file}:{row}: a private name inside a formatted string")
        elif token.type == tokenize.NAME:
            importing = importing or token.string == "import"
            if not _PRIVATE.fullmatch(token.string):
                continue
            if importing:
                raise FirmwareSourceError(
                    f"{file}:{row}: {token.string} is private to another module and must not be imported"
                )
            name = short.setdefault(token.string, f"_{_digits(len(short))}")
            edits.append((row - 1, start, token.end[1], name))
    for row, start, end, name in reversed(edits):
        lines[row] = lines[row][:start] + name + lines[row][end:]
    return "".join(lines), {name: long for long, name in short.items()}


def _refuse_private_beside_foreign_base(tree: ast.Module, file: str) -> None:
    """Private names of two modules become the same short ones, and a class shares its base's."""
    foreign = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
        for inner in ast.walk(node) if bases & foreign else ():
            name = inner.attr if isinstance(inner, ast.Attribute) else getattr(inner, "name", "")
            if _PRIVATE.fullmatch(str(name)):
                raise FirmwareSourceError(
                    f"{file}:{node.lineno}: {node.name} has the private name {name} beside those of its base "
                    "class from another module"
                )


def _digits(number: int) -> str:
    """Return `number` in base 36."""
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits
