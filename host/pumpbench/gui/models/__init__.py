"""What pages show, worked out from plain values; no widget and no port is known here."""
