"""Code blocks of a page of documentation."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks_of(page: str) -> list[tuple[str, str]]:
    """Return every fenced block of a page, in order: its kind (python, sh, none) and its text."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
