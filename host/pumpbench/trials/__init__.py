"""Flow-accuracy trials: from a balance's readings to figures, their uncertainty and a verdict.

Pure functions over numpy arrays; ``docs/trials.md`` gives every definition and its source.
"""
