"""What the tuning bench could not do."""


class TuningError(Exception):
    """The pump or the balance did not do what the bench needs; the message says what."""
