"""What can keep a trial from being carried out, or from going on.

ConductError        its text is one sentence for a person
+-- BadFolder       the folder holds another trial, is in use, or is none
+-- Unattended      somebody has to do something at the bench and nobody can answer
+-- PumpStopped     the pump stopped by itself, or somebody stopped it; all that was recorded is kept
"""


class ConductError(Exception):
    """A trial that cannot go on."""


class BadFolder(ConductError):  # noqa: N818
    """A trial's folder that cannot be used for this trial."""


class Unattended(ConductError):  # noqa: N818
    """A step needs a person, and the command was not started from a terminal."""


class PumpStopped(ConductError):  # noqa: N818
    """The pump ended a step before its time."""
