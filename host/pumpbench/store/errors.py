"""What can go wrong in the store.

::

    StoreError                 anything below; its text is one sentence for a person
    ├── OpenError             the file cannot be opened: folder missing, no permission, no such file
    │   ├── NotPumpbenchError       the file is something else than a pumpbench database
    │   └── WrongVersionError       the database was written by a newer pumpbench
    ├── DamagedDatabaseError        the file, or a record in it, cannot be read back
    ├── WriteError            the write was not made: disk full, read-only, another process holds the lock
    ├── UnknownEntryError           no such run, tube set or calibration
    ├── RunNotOpenError             the run has ended, or another process records it
    ├── BadEntryError               what was to be stored is not acceptable: wrong field, wrong type,
    contradiction └── ExportError           the export was not made: unknown format, no place to write └──
    MissingExtraError       the library for that format is not installed
"""


class StoreError(Exception):
    """Root of the store's errors. Its text is one sentence."""


class OpenError(StoreError):
    """The database file cannot be opened."""


class NotPumpbenchError(OpenError):
    """The file exists and is not a pumpbench database."""


class WrongVersionError(OpenError):
    """The database was written by a newer pumpbench."""


class DamagedDatabaseError(StoreError):
    """The file, or a record in it, cannot be read back."""


class WriteError(StoreError):
    """A write was not made, and nothing of it was stored."""


class UnknownEntryError(StoreError):
    """There is no such run, tube set or calibration."""


class RunNotOpenError(StoreError):
    """The run has ended, or another process is recording it."""


class BadEntryError(StoreError):
    """What was to be stored is not acceptable."""


class ExportError(StoreError):
    """The export was not made; no file was left behind."""


class MissingExtraError(ExportError):
    """The library that a format needs is not installed."""
