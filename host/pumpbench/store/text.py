"""JSON in the one form that hashes are taken over."""

import hashlib
import json
from typing import Any

from pumpbench.store.errors import BadEntryError


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, bytes as hexadecimal. Raises BadEntryError for what JSON has not."""
    try:
        return json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
        )
    except (TypeError, ValueError) as error:
        raise BadEntryError(f"this cannot be stored as JSON: {error}") from error


def sha256(text: str) -> str:
    """Hexadecimal SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    if hasattr(value, "item"):  # a numpy scalar
        return value.item()
    if hasattr(value, "__fspath__"):
        return str(value)
    raise TypeError(f"{type(value).__name__} {value!r}")
