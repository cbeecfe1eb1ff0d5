"""What the fit refuses."""


class FitError(Exception):
    """The readings do not determine what is asked of them; the message names what is missing."""
