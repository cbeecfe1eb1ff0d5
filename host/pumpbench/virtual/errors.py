"""What can go wrong with a virtual board.

VirtualBoardError
├── NoInterpreter      the interpreter that was asked for is not there
├── BadOption          an option has a value that it cannot have
├── BoardDied          the board's process ended by itself
└── ControlError       the control port refused a request, or is gone
"""


class VirtualBoardError(Exception):
    """Root: anything about a virtual board. Its text is one sentence for the user."""


class NoInterpreter(VirtualBoardError):  # noqa: N818
    """MicroPython was asked for and is neither on PATH nor under the checkout's ``build/``."""


class BadOption(VirtualBoardError):  # noqa: N818
    """An option names what cannot be: a speed, a rate, a heap size, a file that is not there."""


class BoardDied(VirtualBoardError):  # noqa: N818
    """The board's process, or the process that serves it, ended without being asked to."""


class ControlError(VirtualBoardError):
    """A request on the control port was answered with an error, or the port closed before it was answered."""
