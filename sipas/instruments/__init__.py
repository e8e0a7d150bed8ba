"""Questionnaires that ship with the package, one TOML file each. The file's name is the instrument's id."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent


def find_shipped(name: str) -> Path | None:
    """Return the file of the shipped instrument with that id, with or without its version."""
    path = _FOLDER / f"{name.partition('@')[0]}.toml"
    return path if path in list_shipped() else None


def list_shipped() -> list[Path]:
    return sorted(_FOLDER.glob("*.toml"))
