"""What tables of pandas, polars and Arrow have in common, without needing one of them."""

from collections.abc import Iterator


class Series:
    """As far as pandas', polars' and Arrow's are alike."""

    def __init__(self, values: list[object]) -> None:
        self.values, self.shape = values, (len(values),)

    def to_list(self) -> list[object]:
        return self.values

    def __iter__(self) -> Iterator[object]:
        return iter(self.values)


class Table:
    def __init__(self, columns: dict[str, list[object]]) -> None:
        self.held, self.columns = columns, list(columns)
        self.shape = (len(next(iter(columns.values()))), len(columns))

    def __getitem__(self, name: str) -> Series:
        return Series(self.held[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)
