"""Every error that this project raises on purpose.

SipasError                  the machine or a service failed (exit code 1)
├── DatabaseError           the database cannot be used, or is not a sipas database
│   └── DatabaseAway        it does not answer now, but may soon
├── Overloaded              too many requests are waiting; try again
└── InputError              the input cannot be used (exit code 2); also a ValueError
    ├── TableError          a file: names file, row and column
    ├── NotFound            a code that is not in the catalogue
    └── StatisticsError     numbers from which no estimate is possible
"""


class SipasError(Exception):
    """An error whose message says in one line what is wrong, where, and how to fix it."""


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
