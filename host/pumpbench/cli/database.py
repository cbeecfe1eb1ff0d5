"""Opening the laboratory's database from a command."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pumpbench.store import Store


def open_store(db: Path | None, read_only: bool = False) -> "Store":
    """Open the database, or the user's own; ``read_only`` never makes a new file. Raises `StoreError`."""
    from pumpbench.store import Store

    return Store(db, read_only=read_only)


def open_existing(db: Path | None) -> "Store":
    """Open a database for writing that has to be there already. Raises `StoreError`."""
    from pumpbench.store import Store, default_path
    from pumpbench.store.errors import OpenError

    path = default_path() if db is None else db
    if not path.exists():
        raise OpenError(f"there is no database {path}")
    return Store(path)
