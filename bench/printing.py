"""Tables as docs/performance.md keeps them, and the numbers in them."""

from collections.abc import Sequence
from statistics import median


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> None:
    print(f"\n## {title}\n")
    for row in (heads, ["---"] + ["---:"] * (len(heads) - 1), *rows):
        print(f"| {' | '.join(row)} |")
    for note in notes:
        print(f"\n{note}")
    print(flush=True)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, and in brackets the lowest and the highest."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def whole(values: Sequence[float]) -> str:
    """As `spread`, without decimals and with thousands apart."""
    return f"{median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"
