"""Parts of a design as a caller names them: the scale, clusters and replicate weights of a data frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from sipas.stats.designs.replicates import ReplicateType


@dataclass(frozen=True)
class Scale:
    """Points of the answer scale.

    Parameters
    ----------
    points : tuple of int
        Rising.
    satisfied : int
        This point and those above it count as satisfied.
    """

    points: tuple[int, ...] = (1, 2, 3, 4, 5)
    satisfied: int = 4


@dataclass(frozen=True)
class Clusters:
    """Columns that name the clusters of each stage, as the `ids` of R's `svydesign`.

    Parameters
    ----------
    columns : str or sequence of str
        First stage first.
    nest : bool
        Whether clusters of different strata may share a name.
    populations : sequence of str
        Columns that hold how many clusters there are at each stage, as R's `fpc`; stages beyond those given
        have no finite-population factor.
    """

    columns: str | Sequence[str]
    nest: bool = False
    populations: Sequence[str] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, first stage first."""
        return (self.columns,) if isinstance(self.columns, str) else tuple(self.columns)


@dataclass(frozen=True)
class Replicates:
    """Columns of replicate weights, as the `repweights` of R's `svrepdesign`.

    Parameters
    ----------
    columns : str or sequence of str
        A prefix that all of them share, or their names.
    kind : {"brr", "fay", "jkn", "bootstrap"}
    rho : float, optional
        Fay's coefficient.
    """

    columns: str | Sequence[str]
    kind: ReplicateType
    rho: float | None = None

    def names(self, available: Sequence[str]) -> list[str]:
        """Return the names of the columns, in the order of the data."""
        if isinstance(self.columns, str):
            return [name for name in available if name.startswith(self.columns)]
        return list(self.columns)
