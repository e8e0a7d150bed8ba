"""Every error that this project raises on purpose.

SipasError                  the machine or a service failed (exit code 1)
├── DatabaseError           the database cannot be had, or is not one of ours
│   └── DatabaseAway        it does not answer at the moment, and may soon
├── Overloaded              more is waiting than may wait; try again
└── InputError              what was given cannot be used (exit code 2); a ValueError too
    ├── TableError          a file: names file, row and column
    ├── NotFound            a code that the catalogue does not hold
    └── StatisticsError     numbers that no estimate can be made from
"""


class SipasError(Exception):
    """Says in one line what was wrong, where, and what to do."""


class DatabaseError(SipasError):
    pass


class DatabaseAway(DatabaseError):
    pass


class Overloaded(SipasError):
    pass


class InputError(SipasError, ValueError):
    pass


class TableError(InputError):
    def __init__(self, file: str, problem: str, *, row: int | None = None, column: str | None = None) -> None:
        place = [file]
        if row is not None:
            place.append(f"row {row}")
        if column is not None:
            place.append(f"column {column}")
        super().__init__(f"{', '.join(place)}: {problem}")
        self.file, self.problem, self.row, self.column = file, problem, row, column

    def with_advice(self, advice: str) -> "TableError":
        return TableError(self.file, self.problem + advice, row=self.row, column=self.column)


class NotFound(InputError):
    pass


class StatisticsError(InputError):
    pass
