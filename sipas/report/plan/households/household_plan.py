"""A household sample as it is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sipas.stats.planning import AllocationMethod, ClusterOrder

PersonRule = Literal["last-birthday", "kish", "all"]


@dataclass(frozen=True)
class HouseholdPlan:
    """The sample to draw, and the columns that name it.

    village: the columns that name a village. commune: of the first stage in three-stage samples, else None.
    count: the column of households; size: that of the measure of size. psu: villages to draw, or communes, of
    which each gives `villages`. households: to draw in each village. person: who of a household answers.
    """

    frame: Path
    psu: int
    households: int
    seed: str
    strata: tuple[str, ...] = ()
    village: tuple[str, ...] = ("village",)
    commune: str | None = None
    villages: int = 1
    count: str = "households"
    size: str = "households"
    allocation: AllocationMethod = "proportional"
    minimum: int = 2
    order: ClusterOrder = "listed"
    person: PersonRule = "last-birthday"
    lists: Path | None = None
    household: str = "household"
    show: tuple[str, ...] = ()

    @property
    def place_columns(self) -> tuple[str, ...]:
        """The columns that say where a village is, each once: strata, commune, village."""
        commune = () if self.commune is None else (self.commune,)
        return tuple(dict.fromkeys((*self.strata, *commune, *self.village)))
