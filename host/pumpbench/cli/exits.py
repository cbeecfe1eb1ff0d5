"""Exit codes, and which error gives which one. What an error's text says is one sentence for a person."""

FINE = 0
BAD_USAGE = 2
NO_DEVICE = 3
REFUSED = 4
TRIAL_FAILED = 5
INTERRUPTED = 130  # as shells have it for Ctrl-C; after SIGTERM too


class UsageError(Exception):
    """The command line asks for what cannot be: a value without a unit, a contradiction, no confirmation."""


class PumpError(Exception):
    """The pump did not carry on with what it had begun: an alarm stopped it, or somebody else did."""


def code_of(error: BaseException) -> int | None:
    """Return the exit code for an expected error, None for one that nobody expected."""
    # Here, so that a command that ends well does not wait for their imports.
    from pumpbench.balances.errors import BalanceError, NoBalance
    from pumpbench.calibrating.errors import FitError
    from pumpbench.client import errors as client
    from pumpbench.files.errors import FileError
    from pumpbench.flashing import errors as flashing
    from pumpbench.store.errors import StoreError
    from pumpbench.trials.conduct.errors import ConductError
    from pumpbench.trials.errors import TrialError
    from pumpbench.trials.sweep.errors import SweepError
    from pumpbench.tuning.errors import TuningError
    from pumpbench.virtual import errors as virtual

    if isinstance(error, client.CallbackFailed) and error.__cause__ is not None:
        return code_of(error.__cause__)
    if isinstance(error, UsageError | FileError | StoreError | TrialError | client.OutOfRange):
        return BAD_USAGE
    if isinstance(error, FitError | TuningError):
        return BAD_USAGE
    if isinstance(error, ConductError | BalanceError):
        return NO_DEVICE if isinstance(error, NoBalance) else BAD_USAGE
    if isinstance(error, virtual.BadOption | virtual.NoInterpreter):
        return BAD_USAGE
    if isinstance(error, flashing.FlashError):
        return _code_of_flashing(error)
    if isinstance(error, PumpError | client.Refusal | client.Mismatch | client.ReadBackDiffers):
        return REFUSED
    if isinstance(error, client.ClientError | virtual.VirtualBoardError | SweepError):
        return NO_DEVICE
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return BAD_USAGE  # a disk that is full, a folder that may not be written, ...
    return None


def _code_of_flashing(error: BaseException) -> int:
    from pumpbench.flashing import errors as flashing

    if isinstance(error, flashing.NoBoard | flashing.TransferFailed | flashing.NotVerified):
        return NO_DEVICE
    if isinstance(error, flashing.PumpBusy | flashing.FlashFull | flashing.DidNotComeUp):
        return REFUSED
    return BAD_USAGE
