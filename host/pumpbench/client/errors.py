"""What can go wrong between a host and its pump.

    ClientError
    +-- NoDevice          there is no such port, it is taken, or no pump answers there
    |   +-- PortUnusable  it is taken, or the name is no port's: waiting would not help
    +-- DeviceLost        the link broke and did not come back in time
    +-- AnswerTimeout     the pump is there but did not answer a request in time
    +-- Mismatch          the firmware speaks another schema: look and stop, not command
    +-- GivenUp           a stop came before the pump had answered a request to move
    +-- Refusal           the pump said no, and why
    +-- OutOfRange        a value that no board would take; nothing was sent
    +-- ReadBackDiffers   the board understood another program than the one that was sent
    +-- CallbackFailed    a callback raised; what came after it was not handed over

Each message is one sentence that can be shown to a person.
"""


class ClientError(Exception):
    """Root of everything that the client raises."""


class NoDevice(ClientError):  # noqa: N818
    """No port of that name, a port in use by another program, or a port where no pump answers."""


class PortUnusable(NoDevice):
    """A port in use by another program, or a name that is no port's: waiting for it would not help."""


class DeviceLost(ClientError):  # noqa: N818
    """The link broke during a request and did not come back in time.

    `carried_out` is True when the board's event log shows that the command took effect, False when it
    certainly did not (a query, or never sent), and None when nobody can tell: look at state and events before
    repeating it.
    """

    def __init__(self, sentence: str, carried_out: bool | None = None) -> None:
        super().__init__(sentence)
        self.carried_out = carried_out


class AnswerTimeout(ClientError, TimeoutError):  # noqa: N818
    """No answer in time in spite of repeats. A command may or may not have been carried out."""


class GivenUp(ClientError):  # noqa: N818
    """A stop overtook a request to move that was not answered yet; it will not be sent again."""


class Mismatch(ClientError):  # noqa: N818
    """The board's protocol or schema is another one than this host's."""


class Refusal(ClientError):  # noqa: N818
    """The board refused a request and changed nothing.

    `code` is a ``REFUSED_*`` number, `field` the name of the field at fault or None; `value`, `minimum` and
    `maximum` are in the field's unit.
    """

    def __init__(
        self,
        sentence: str,
        *,
        request: str,
        code: int,
        reason: str,
        field: str | None,
        value: int,
        minimum: int,
        maximum: int,
    ) -> None:
        super().__init__(sentence)
        self.request = request
        self.code = code
        self.reason = reason
        self.field = field
        self.value = value
        self.minimum = minimum
        self.maximum = maximum


class OutOfRange(ClientError, ValueError):  # noqa: N818
    """A value that does not fit its field; nothing was sent."""


class ReadBackDiffers(ClientError):  # noqa: N818
    """What the board read back of a staged program is not what was sent; it must not be committed."""


class CallbackFailed(ClientError):  # noqa: N818
    """A callback raised (see ``__cause__``). Nothing was handed over or acknowledged after it."""
