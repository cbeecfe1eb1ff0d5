"""Errors that are to be expected, each one a sentence for a person; every other error is a fault of ours."""


def is_expected(error: BaseException) -> bool:
    """Whether the error tells a person something, rather than us."""
    # Here, so that a program that meets no error does not wait for their imports.
    from pumpbench.balances.errors import BalanceError
    from pumpbench.calibrating.errors import FitError
    from pumpbench.client.errors import CallbackFailed, ClientError
    from pumpbench.files.errors import FileError
    from pumpbench.flashing.errors import FlashError
    from pumpbench.store.errors import StoreError
    from pumpbench.trials.conduct.errors import ConductError
    from pumpbench.trials.errors import TrialError
    from pumpbench.trials.sweep.errors import SweepError
    from pumpbench.tuning.errors import TuningError
    from pumpbench.units import UnitError
    from pumpbench.virtual.errors import VirtualBoardError

    if isinstance(error, CallbackFailed) and error.__cause__ is not None:
        return is_expected(error.__cause__)
    roots = (
        BalanceError, ClientError, ConductError, FileError, FitError, FlashError, OSError, StoreError,
        SweepError, TrialError, TuningError, UnitError, VirtualBoardError,
    )  # fmt: skip
    return isinstance(error, roots)


def sentence_of(error: BaseException) -> str:
    """Return what an expected error says to a person, on one line."""
    from pumpbench.client.errors import CallbackFailed

    if isinstance(error, CallbackFailed) and error.__cause__ is not None and is_expected(error.__cause__):
        return sentence_of(error.__cause__)
    if isinstance(error, OSError) and error.strerror and not error.filename:
        return f"the system refused: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: the system refused: {error.strerror}"
    return " ".join(str(error).split())
