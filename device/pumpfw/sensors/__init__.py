"""Sensors behind one face each: they read into buffers made at start-up and allocate nothing."""
