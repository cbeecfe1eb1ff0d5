"""Results that took long and are kept in a file: there whole or not at all, also while others write it."""

import json
import os
from pathlib import Path
from typing import Any


def keep(file: Path, result: Any) -> None:
    """Write a result as JSON, in a folder that is made where it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(result, indent=1))
    scratch.replace(file)
