"""What can go wrong while firmware is put on a board. Each text is one sentence for a person.

FlashError
├── NoBoard               no board, or nothing at the port that could take firmware
├── SeveralBoards         more than one board, or boot drive, and none was named
├── WrongBoard            the board is not the one that the board file describes
├── ForeignProgram        the board holds somebody else's program
├── PumpBusy              the pump is moving
├── BadImage              a MicroPython image that is none, damaged, of another chip, or missing
├── FlashFull             the board has not got the room
├── TransferFailed        the cable or the board failed in the middle; flashing again puts it right
├── NotVerified           what lies on the board is not what was sent
├── DidNotComeUp          the new firmware did not answer; says what runs now
└── FirmwareSourceError   a firmware source cannot be made ready for a board
"""


class FlashError(Exception):
    """Root: anything about flashing."""


class NoBoard(FlashError):  # noqa: N818
    """No board was found, or what is at the port is neither a pump nor MicroPython."""


class SeveralBoards(FlashError):  # noqa: N818
    """Several boards are plugged in and none was named."""


class WrongBoard(FlashError):  # noqa: N818
    """Chip or MicroPython of the board do not fit the board file."""


class ForeignProgram(FlashError):  # noqa: N818
    """A program that is not ours lies on the board, and nobody said that it may go."""


class PumpBusy(FlashError):  # noqa: N818
    """The pump moves; flashing would stop it."""


class BadImage(FlashError):  # noqa: N818
    """The MicroPython image cannot be used for this board."""


class FlashFull(FlashError):  # noqa: N818
    """There is not enough room in the board's flash."""


class TransferFailed(FlashError):  # noqa: N818
    """The link to the board broke, or the board answered nonsense."""


class NotVerified(FlashError):  # noqa: N818
    """A hash computed on the board differs from that of what was sent."""


class DidNotComeUp(FlashError):  # noqa: N818
    """The new firmware was started and no handshake came."""


class FirmwareSourceError(FlashError):
    """A source file of the firmware uses what the steps before compiling cannot keep the meaning of."""
