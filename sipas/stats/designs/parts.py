"""Parts of a design as a caller names them: the scale, clusters and replicate weights of a data frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sipas.stats.cells.scoring import IndexDefinition
from sipas.stats.designs.replicates import ReplicateType

Items = Sequence[str] | Mapping[str, Sequence[str]]
POOLED_INDEX = IndexDefinition("pooled", "pooled")


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
class Questionnaire:
    """The questions asked, where the item columns alone don't show them.

    Parameters
    ----------
    items : sequence of str, or mapping of str to sequence of str
        The item columns, or those of each factor.
    scale : Scale, optional
        Otherwise 0 and 1 where all answers are that, else 1 to 5 with 4 and 5 satisfied.
    index : IndexDefinition
        What `overall` means; all items pooled if not given.
    """

    items: Items
    scale: Scale | None = None
    index: IndexDefinition = POOLED_INDEX


@dataclass(frozen=True)
class CountedFrame:
    """A data frame of completed transactions, where its count column alone does not say it.

    Parameters
    ----------
    data : data frame
        The strata columns and a column of counts.
    count : str
        The column of counts.
    walk_up : str, optional
        The responses' column that tells walk-up answers (true or 1) from invited ones.
    """

    data: object
    count: str = "count"
    walk_up: str | None = None

    @classmethod
    def of(cls, frame: object) -> "CountedFrame | None":
        """Return the frame of a data frame, of one with the name of its count column, or of itself."""
        if frame is None or isinstance(frame, CountedFrame):
            return frame
        return cls(*frame) if isinstance(frame, tuple) else cls(frame)


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
