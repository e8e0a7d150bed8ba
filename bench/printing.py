"""Tables as docs/explanation/performance.md keeps them, and the numbers in them."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median
from typing import TextIO

from bench.machine import introduction

KEPT = Path(__file__).parents[1] / "docs" / "explanation" / "performance.md"


class Both(StringIO):
    """Prints, and keeps what was printed."""

    def __init__(self, shown: TextIO) -> None:
        super().__init__()
        self.shown = shown

    def write(self, text: str) -> int:
        self.shown.write(text)
        return super().write(text)


@contextmanager
def keeping(*, whole: bool) -> Iterator[None]:
    """Whole runs replace the file once they are done; parts of one are printed alone."""
    if not whole:
        yield
        return
    with redirect_stdout(Both(sys.stdout)) as kept:
        print(introduction(), end="")
        yield
    KEPT.write_text(kept.getvalue().rstrip() + "\n", encoding="utf-8")


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
