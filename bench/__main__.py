"""Usage: python -m bench [submissions] [memory] [segments] [columns] [indices] [cells] [raking] [pages]
    [sender] [feed] [export]

Without a name all of them run, and what they print is kept as docs/explanation/performance.md.
"""

import sys

from bench import cells, columns, export, feed, indices, intake, memory, pages, raking, segments, sender
from bench.printing import keeping

TABLES = {
    "submissions": intake.bench,
    "memory": memory.bench,
    "segments": segments.bench,
    "columns": columns.bench,
    "cells": cells.bench,
    "indices": indices.bench,
    "raking": raking.bench,
    "pages": pages.bench,
    "sender": sender.bench,
    "feed": feed.bench,
    "export": export.bench,
}


def main(names: list[str]) -> None:
    with keeping(whole=not names):
        for name in names or TABLES:
            TABLES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
