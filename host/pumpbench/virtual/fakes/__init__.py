"""The virtual board's hardware: what the firmware finds in place of a chip, wired to the physical model."""
