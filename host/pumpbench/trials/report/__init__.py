"""The report of a trial: what a reader signs."""
