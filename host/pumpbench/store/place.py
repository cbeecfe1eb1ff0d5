"""Where the laboratory's database is when nobody says otherwise."""

from pathlib import Path

from platformdirs import user_data_path


def default_path() -> Path:
    """The database of this user on this machine; its folder is made when it is missing."""
    return user_data_path("pumpbench", appauthor=False, ensure_exists=True) / "laboratory.sqlite"
