"""Usage: python -m bench [submissions] [memory] [counting] [indices] [cells] [raking]; all of
them unless told.

All of them together are kept as docs/performance.md, with the day and the machine.
"""

import sys

from bench import cells, counting, indices, intake, memory, raking
from bench.printing import keeping

TABLES = {
    "submissions": intake.bench,
    "memory": memory.bench,
    "counting": counting.bench,
    "cells": cells.bench,
    "indices": indices.bench,
    "raking": raking.bench,
}


def main(names: list[str]) -> None:
    with keeping(whole=not names):
        for name in names or TABLES:
            TABLES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
