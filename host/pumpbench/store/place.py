"""Where the laboratory's database is when nobody says otherwise."""

from pathlib import Path

from platformdirs import user_data_path

from pumpbench.store.errors import OpenError


def default_path() -> Path:
    """The database of this user on this machine; its folder is made when it is missing. Raises OpenError."""
    try:
        folder = user_data_path("pumpbench", appauthor=False, ensure_exists=True)
    except OSError as error:
        raise OpenError(
            f"there is no place for the user's own database ({error.strerror}: {error.filename}); name a file"
        ) from None
    return folder / "laboratory.sqlite"
