"""Folders that ship with the package: `sql/` and `kiosk/`, links in a checkout, copies in a wheel."""

from pathlib import Path


def folder(name: str) -> Path:
    """Return the folder of that name, `sql` or `kiosk`, from a checkout or from an installed wheel."""
    return Path(__file__).resolve().parent / name
