"""Reading compiled MicroPython files (``.mpy`` version 6), as far as to find each function's code.

The format is that of ``py/persistentcode.c`` and ``py/bc0.h`` of MicroPython 1.19 and later.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pumpbench.flashing.errors import FirmwareSourceError
from pumpbench.flashing.static_names import STATIC_NAMES

_VERSION = 6
_BYTECODE, _NATIVE, _VIPER, _ASSEMBLER = range(4)
_NO_DATA = range(5)  # object kinds that are all told by their kind: function table, None, False, True, ...
_TEXT, _BYTES, _TUPLE = 5, 6, 10
_LINKED = 0x0F << 8  # flags of a viper function that brings data or relocations: never made by mpy-cross


# Instructions of bytecode: a function is made of a child, and gets its name.
_MAKE_FUNCTION, _MAKE_FUNCTION_DEFARGS, _STORE_NAME = 0x32, 0x33, 0x16
_FORMATS, _NAMED, _NUMBERED, _JUMP = 0x3A4, 1, 2, 3
_EXTRA_BYTE = 0x9E


@dataclass(frozen=True)
class Function:
    """One function's code, bytecode or a viper function's machine code: `path` is its name within the module,
    with its class before it."""

    path: tuple[str, ...]
    code: bytes


def functions(data: bytes, file: str) -> Iterator[Function]:
    """Yield the functions of a compiled module that have a name of their own there: the module's functions
    and its classes' methods in bytecode, and the module's viper functions.

    Raises ``FirmwareSourceError`` when `data` is not a ``.mpy`` file of version 6.
    """
    reader = _opened(data, file)
    module = reader.module()
    names = reader.names_of_children(module.data)
    for number, outer in enumerate(module.children):
        if outer.kind == _BYTECODE:
            yield Function((outer.name,), outer.data)
        elif outer.kind == _VIPER and number in names:
            yield Function((names[number],), outer.data)
        for inner in outer.children:
            if inner.kind == _BYTECODE:
                yield Function((outer.name, inner.name), inner.data)


def constants(data: bytes, file: str) -> list[bytes]:
    """Return the constants of a compiled module that are runs of bytes. Raises as `functions` does."""
    reader = _opened(data, file)
    reader.module()
    return reader.constants


def _opened(data: bytes, file: str) -> "_Reader":
    if len(data) < 4 or data[0] != ord("M") or data[1] != _VERSION:
        raise FirmwareSourceError(f"{file}: not a compiled MicroPython file of version {_VERSION}")
    return _Reader(data, 4)


@dataclass(frozen=True)
class _Code:
    kind: int
    name: str
    data: bytes
    children: "list[_Code]"


class _Reader:
    """`constants` are those runs of bytes that were met."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._position = position
        self._names: list[str] = []
        self.constants: list[bytes] = []

    def module(self) -> _Code:
        names, constants = self._number(), self._number()
        self._names = [self._name() for _ in range(names)]
        for _ in range(constants):
            self._constant()
        return self._code()

    def _code(self) -> _Code:
        word = self._number()
        kind, has_children, length = word & 3, word & 4, word >> 3
        data = self._take(length)
        if kind == _NATIVE:
            self._number()  # where the prelude is
        elif kind in (_VIPER, _ASSEMBLER):
            flags = self._number()
            if kind == _ASSEMBLER:
                self._number()
                self._number()
            elif flags & _LINKED:
                raise FirmwareSourceError("a compiled file with linked data, which mpy-cross does not make")
        children = [self._code() for _ in range(self._number())] if has_children else []
        return _Code(kind, self._name_of(data) if kind == _BYTECODE else "", data, children)

    def _name_of(self, bytecode: bytes) -> str:
        """The prelude is a signature and sizes, numbers whose last byte has no bit 7, then the name."""
        reader = _Reader(bytecode, 0)
        reader._skip_continued()
        reader._skip_continued()
        return self._names[reader._number()]

    def names_of_children(self, bytecode: bytes) -> dict[int, str]:
        """Return the names that a module's own code gives to the functions that it makes of its children."""
        reader = _Reader(bytecode, 0)
        reader._skip_continued()
        reader._position += reader._prelude_rest()
        found: dict[int, str] = {}
        made = -1
        while reader._position < len(bytecode):
            instruction = reader._byte()
            form = _FORMATS >> 2 * (instruction >> 4) & 3
            number = reader._number() if form in (_NAMED, _NUMBERED) else -1
            if form == _JUMP and reader._byte() & 0x80:
                reader._byte()
            if not instruction & _EXTRA_BYTE:
                reader._byte()
            if instruction == _STORE_NAME and made >= 0:
                found[made] = self._names[number]
            made = number if instruction in (_MAKE_FUNCTION, _MAKE_FUNCTION_DEFARGS) else -1
        return found

    def _prelude_rest(self) -> int:
        """How many bytes the prelude has after its sizes: what tells of the function, and its cells."""
        told = cells = count = 0
        while True:
            byte = self._byte()
            told |= (byte >> 1 & 0x3F) << 6 * count
            cells |= (byte & 1) << count
            count += 1
            if not byte & 0x80:
                return told + cells

    def _skip_continued(self) -> None:
        while self._byte() & 0x80:
            pass

    def _name(self) -> str:
        length = self._number()
        if length & 1:
            return STATIC_NAMES[(length >> 1) - 1]
        text = self._take(length >> 1).decode()
        self._byte()
        return text

    def _constant(self) -> None:
        kind = self._byte()
        if kind in _NO_DATA:
            return
        length = self._number()
        if kind == _TUPLE:
            for _ in range(length):
                self._constant()
            return
        data = self._take(length)
        if kind == _BYTES:
            self.constants.append(data)
        if kind in (_TEXT, _BYTES):
            self._byte()

    def _number(self) -> int:
        value = 0
        while True:
            byte = self._byte()
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value

    def _take(self, length: int) -> bytes:
        self._position += length
        return self._data[self._position - length : self._position]

    def _byte(self) -> int:
        self._position += 1
        return self._data[self._position - 1]
