"""Versions that the handshake carries."""

PROTOCOL = 1
FIRMWARE = (0, 1, 0)
