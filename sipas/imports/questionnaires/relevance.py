"""Conditions of XLSForm and SurveyJS: comparisons of one earlier answer with values."""

import re

_TERM = (
    re.compile(
        r"\$?\{\s*([A-Za-z0-9_.-]+)\s*\}\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+|true|false))", re.IGNORECASE
    ),
    re.compile(r"selected\(\s*\$\{\s*([A-Za-z0-9_.-]+)\s*\}\s*,\s*(?:'([^']*)'|\"([^\"]*)\")()\s*\)"),
    re.compile(r"\{\s*([A-Za-z0-9_.-]+)\s*\}\s+contains\s+(?:'([^']*)'|\"([^\"]*)\"|(\d+))"),
)
_RANGE = re.compile(r"\.\s*>=\s*(\d+)(?:\s+and\s+\.\s*<=\s*(\d+))?|\.\s*<=\s*(\d+)")


def read_condition(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the item and its values; None for anything but comparisons of one item joined by `or`."""
    items: list[str] = []
    values: list[str] = []
    for part in re.split(r"\s+or\s+", text.strip()):
        found = next((m for term in _TERM if (m := term.fullmatch(_bare(part)))), None)
        if found is None:
            return None
        items.append(found.group(1))
        values.append(next((one for one in found.groups()[1:] if one is not None), ""))
    return (items[0], tuple(values)) if len(set(items)) == 1 else None


def _bare(part: str) -> str:
    """Return the part without brackets around all of it."""
    bare = part.strip()
    while bare.startswith("(") and bare.endswith(")") and bare.count("(") == bare.count(")"):
        bare = bare[1:-1].strip()
    return bare.replace("==", "=")


def read_range(text: str) -> tuple[int, int | None] | None:
    """Return lowest and highest number of a constraint; None for anything else."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    low, high, only_high = found.groups()
    highest = high or only_high
    return int(low or 0), int(highest) if highest else None
