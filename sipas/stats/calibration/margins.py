"""Margins: how many transactions each level of some columns stands for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError

# Totals of margins agree if they differ by less than this part.
_RELATIVE_ROUNDING_OF_MARGINS = 1e-9

COLUMN_SEPARATOR = "|"


@dataclass(frozen=True)
class Margins:
    """Known counts by level.

    Parameters
    ----------
    counts : mapping of str to mapping of str to float
        For each margin the count of each level. A margin is named by its column; the crossing of
        several by their names with `|` between, as are its levels: `age|sex`, `18-29|F`.
    relative : bool
        Whether the counts are shares, which say nothing of the number of transactions.
    rescaled : tuple of str
        Margins that differed from the others by rounding and were brought in line.

    Raises
    ------
    StatisticsError
        No margin; a count that is negative, infinite or missing; margins that do not agree in their
        totals.
    """

    counts: Mapping[str, Mapping[str, float]]
    relative: bool = False
    rescaled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for problem in self.problems():
            raise StatisticsError(problem)

    def problems(self) -> Iterator[str]:
        if not self.counts:
            yield "there is no margin to weight to"
        for margin, counts in self.counts.items():
            for level, count in counts.items():
                if not (np.isfinite(count) and count >= 0):
                    yield f"margin {margin}, level {level}: the count is {count}; it must be 0 or more"
            if not sum(counts.values()) > 0:
                yield f"margin {margin}: there is no level with a count"
        totals = {margin: float(sum(counts.values())) for margin, counts in self.counts.items()}
        first, expected = next(iter(totals.items()))
        for margin, total in totals.items():
            if abs(total - expected) > _RELATIVE_ROUNDING_OF_MARGINS * expected:
                yield (
                    f"the margins do not agree in their totals: {margin} adds up to {total:.10g}, {first} to"
                    f" {expected:.10g}, a difference of {abs(total - expected):.6g}; bring them in line"
                )

    @property
    def total(self) -> float:
        """The sum of each margin."""
        return float(sum(next(iter(self.counts.values())).values()))

    def scaled_to(self, total: float) -> "Margins":
        """The same shares of another total."""
        factor = total / self.total
        counts = {
            margin: {level: count * factor for level, count in levels.items()}
            for margin, levels in self.counts.items()
        }
        return replace(self, counts=counts)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.counts)

    def columns(self) -> tuple[str, ...]:
        """The columns that margins are about, each once."""
        return tuple(dict.fromkeys(column for margin in self.counts for column in parts(margin)))


def parts(margin: str) -> Sequence[str]:
    """The columns of a margin."""
    return margin.split(COLUMN_SEPARATOR)
