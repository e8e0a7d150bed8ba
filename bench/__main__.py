"""Usage: python -m bench [submissions] [memory] [counting] [indices] [raking]; all of them unless told."""

import sys

from bench import counting, indices, intake, memory, raking

TABLES = {
    "submissions": intake.bench,
    "memory": memory.bench,
    "counting": counting.bench,
    "indices": indices.bench,
    "raking": raking.bench,
}


def main(names: list[str]) -> None:
    for name in names or TABLES:
        TABLES[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
