"""Results that print themselves and become data frames."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from sipas.stats.designs.frames import to_native

ResultFigures = TypeVar("ResultFigures")

_PRINTED_ROWS = 60
_DECIMALS = 4


@dataclass(frozen=True, repr=False)
class ResultTable(Generic[ResultFigures]):
    """One row for each domain, comparison or measure.

    Parameters
    ----------
    make_columns : function that returns a mapping of str to sequence
        Called when columns are looked at. None where a value cannot be estimated; `notes` says why.
    figures : object
        The arrays behind the rows, such as `sipas.stats.Estimates`.
    backend : object
        The library that `to_frame` returns a data frame of.
    """

    make_columns: Callable[[], Mapping[str, Sequence[Any]]]
    figures: ResultFigures
    backend: Any = None

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        return self.make_columns()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        shown = {name: [_text(value) for value in values] for name, values in self.columns.items()}
        is_number = {name: _is_numeric(values) for name, values in self.columns.items()}
        widths = {name: max([len(name), *map(len, texts)]) for name, texts in shown.items()}
        rows = [list(shown), *([texts[row] for texts in shown.values()] for row in range(len(self)))]
        lines = [
            "  ".join(
                text.rjust(width) if is_number[name] else text.ljust(width)
                for text, (name, width) in zip(row, widths.items(), strict=True)
            ).rstrip()
            for row in rows[: _PRINTED_ROWS + 1]
        ]
        if len(self) > _PRINTED_ROWS:
            lines.append(f"… {len(self) - _PRINTED_ROWS} more rows; to_frame() has all")
        return "\n".join(lines)

    def to_frame(self) -> Any:
        """Return a data frame of the library that the data came from; notes as codes joined by `;`."""
        flat = {
            name: [";".join(value) if isinstance(value, tuple) else value for value in values]
            for name, values in self.columns.items()
        }
        return to_native(flat, self.backend)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{_DECIMALS}f}"
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _is_numeric(values: Sequence[object]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )
