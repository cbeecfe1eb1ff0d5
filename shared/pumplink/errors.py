"""What can be wrong with a message. Damage on the line is no error: the reader counts it and goes on."""


class LinkError(Exception):
    """Root of everything that pumplink raises."""


class LayoutError(LinkError):
    """A payload has the wrong length for its message, or no message has that number."""


class RangeError(LinkError):
    """A value does not fit the bytes that its field has on the wire."""
