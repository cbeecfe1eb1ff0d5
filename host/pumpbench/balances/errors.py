"""What can go wrong between a host and its balance, so that nothing can be weighed at all.

    BalanceError
    +-- NoBalance       there is no such port, it is taken, or nothing answers there in the balance's protocol
    +-- BadProtocol     a protocol that this program does not speak
    +-- BadRecording    a recorded file that cannot be replayed

A single reading that cannot be used (overload, no answer, ...) is no error: it is a `Reading` that says why.
"""


class BalanceError(Exception):
    """Root of everything that the balances raise; its text is one sentence for a person."""


class NoBalance(BalanceError):  # noqa: N818
    """The port cannot be opened, or what is there does not answer as a balance of that protocol."""


class BadProtocol(BalanceError):  # noqa: N818
    """The name of a protocol is unknown; the sentence lists those that are known."""


class BadRecording(BalanceError):  # noqa: N818
    """A recorded file is missing or is none; the sentence names line and column."""
