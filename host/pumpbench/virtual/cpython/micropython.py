"""MicroPython's own module for CPython: the names that the firmware uses, doing nothing.

On MicroPython the built-in module of this name wins, wherever this folder is in the search path. There the
compiler knows ``@micropython.native`` and ``@micropython.viper`` by these dotted names only: they cannot
be imported.
"""

import builtins


def _same(memory):  # type: ignore[no-untyped-def]
    """Return `memory`: what it is taken for, it is."""
    return memory


# The types by which viper takes a buffer: on MicroPython its compiler knows them.
for _name in ("ptr8", "ptr16", "ptr32"):
    setattr(builtins, _name, _same)


def const(value: int) -> int:
    """Return `value`; MicroPython's compiler puts it in place of the name."""
    return value


def native(function):  # type: ignore[no-untyped-def]
    """Return `function`; MicroPython compiles it to machine code."""
    return function


def viper(function):  # type: ignore[no-untyped-def]
    """Return `function`; MicroPython compiles it to machine code with machine integers."""
    return function


def heap_lock() -> None:
    """CPython has no heap that could be locked."""


def heap_unlock() -> None:
    """CPython has no heap that could be locked."""


def kbd_intr(character: int) -> None:
    """Set which byte on the console interrupts a program: no such console here."""


def opt_level(level: int = 0) -> int:
    """Set how much the compiler leaves out: nothing here."""
    return 0


def mem_info(verbose: bool = False) -> None:
    """Print the use of the heap: CPython tells nothing."""


def schedule(function, argument: object) -> None:  # type: ignore[no-untyped-def]
    """Call `function` soon: at once, as no interrupt ever calls this here."""
    function(argument)
