"""Which files of this folder a board carries; the others are for the host alone."""

BOARD_FILES = (
    "__init__.py",
    "alarms.py",
    "codec.py",
    "errors.py",
    "frame.py",
    "layouts.py",
    "numbers.py",
    "quick.py",
    "states.py",
    "version.py",
)
