"""The firmware's errors: one root, one kind that a host hears of."""

from pumplink.states import NO_FIELD


class FirmwareError(Exception):
    """Root of everything that the firmware raises by itself."""


class Refused(FirmwareError):  # noqa: N818 (a refusal is no fault)
    """The pump will not do what was asked; nothing was changed.

    ``code`` is a refusal of ``pumplink.states``; ``field`` the index of the field after session and
    request (``NO_FIELD`` when it is about no single field); ``value`` what was asked and ``minimum`` and
    ``maximum`` what is allowed.
    """

    def __init__(
        self, code: int, field: int = NO_FIELD, value: int = 0, minimum: int = 0, maximum: int = 0
    ) -> None:
        super().__init__(code, field, value, minimum, maximum)
        self.code = code
        self.field = field
        self.value = value
        self.minimum = minimum
        self.maximum = maximum


class StorageFault(FirmwareError):  # noqa: N818
    """The journal cannot be read or written: the pump may not move."""
