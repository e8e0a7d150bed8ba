"""Folders that ship with the package: `sql/`, `kiosk/` and `interviews/`, links in a checkout."""

from pathlib import Path


def folder(name: str) -> Path:
    """Return the folder of that name, such as `sql`, from a checkout or from an installed wheel."""
    return Path(__file__).resolve().parent / name
