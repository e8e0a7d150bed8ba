"""A plan as it is printed: what is asked of it, and a row for the whole, each domain and each stratum."""

from typing import Literal

import msgspec

from sipas.report.indices.index_table import SOFTWARE
from sipas.stats.notes import Note

PlanPart = Literal["whole", "domain", "stratum"]


class PlanAssumptions(msgspec.Struct, frozen=True):
    """As the options of `sipas plan`; either margin or total is None."""

    margin: float | None
    total: int | None
    share: float
    level: float
    deff: float
    response_rate: float
    allocation: str
    minimum: int


class PlanRow(msgspec.Struct, frozen=True):
    """share: of satisfied, as expected. responses: to aim at. expected: what the invitations should bring.

    margin: what those are expected to give. simple_random, slovin: responses that the margin asked for
    takes in a simple random sample of the row alone, and by Slovin's formula. None where there is none.
    """

    by: dict[str, str | None]
    part: PlanPart
    population: int
    share: float | None
    responses: int
    invitations: int
    expected: float
    margin: float | None
    simple_random: int | None
    slovin: int | None
    notes: list[Note]


class PlanTable(msgspec.Struct, frozen=True, kw_only=True):
    """by: what each reaches the margin. strata: the columns whose combinations are invited separately."""

    software: str = SOFTWARE
    source: str
    by: list[str]
    strata: list[str]
    assumptions: PlanAssumptions
    notes: list[Note]
    rows: list[PlanRow]

    def part(self, part: PlanPart) -> list[PlanRow]:
        return [row for row in self.rows if row.part == part]
