"""What the board's process needs of its interpreter: the pipes to its parent, the wall clock, a traceback."""

import sys

TYPE_CHECKING = False
if sys.implementation.name == "micropython" and not TYPE_CHECKING:
    from .process_micropython import Pipes, print_exception, wall_us
else:
    from .process_cpython import Pipes, print_exception, wall_us

__all__ = ("Pipes", "print_exception", "wall_us")
