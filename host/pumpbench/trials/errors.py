"""What can keep a trial's figures from being worked out.

TrialError          its text is one sentence for a person
+-- BadSeriesError  the readings cannot be a series: a time goes back, a mass is no number, too few readings
+-- BadSettingError what was asked for cannot be: a window that is no whole number of samples, ...
"""


class TrialError(Exception):
    """An analysis that cannot be carried out."""


class BadSeriesError(TrialError):
    """The reading in line ``line`` cannot stand; ``column`` says what is wrong with it."""

    def __init__(self, line: int, column: str, why: str) -> None:
        self.line = line
        self.column = column
        self.why = why
        super().__init__(f"line {line}, column {column}: {why}")


class BadSettingError(TrialError):
    """A setting that cannot be, or does not fit the series."""
