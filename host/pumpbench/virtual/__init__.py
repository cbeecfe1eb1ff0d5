"""The virtual board: the real firmware in a process of its own, on fakes of the hardware, wired to a
physical model."""
