"""What the board's process needs of its interpreter: pipes to its parent, wall clock, heap, a traceback."""

import sys

TYPE_CHECKING = False
if sys.implementation.name == "micropython" and not TYPE_CHECKING:
    from .process_micropython import Pipes, heap, print_exception, wall_us
else:
    from .process_cpython import Pipes, heap, print_exception, wall_us

__all__ = ("Pipes", "heap", "print_exception", "wall_us")
