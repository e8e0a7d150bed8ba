"""A plan's draw: which of the transactions of a list to invite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sipas.errors import TableError
from sipas.stats.listing import listing
from sipas.stats.planning import draw
from sipas.tables import Table, read_table
from sipas.tables.cells import parse_count

_ID = "transaction_id"
_PROBABILITY = "p_invited"

_QuotaKey = tuple[str, ...]


@dataclass(frozen=True)
class Quotas:
    """The number of invitations of each stratum, from a plan's file."""

    columns: tuple[str, ...]
    sizes: Mapping[_QuotaKey, int]


def read_quotas(path: Path) -> Quotas:
    """From the CSV that `sipas plan -o plan.csv` writes: the columns left of `part` make a stratum."""
    table = read_table(path, ("part", "invitations"))
    columns = table.header[: table.header.index("part")]
    sizes: dict[_QuotaKey, int] = {}
    for row in table.rows:
        if row.find("part") != "stratum":
            continue
        key = tuple(row.get(column) for column in columns)
        if key in sizes:
            raise row.error(columns[-1], "an earlier row is of the same stratum; keep one of them")
        sizes[key] = row.get_as("invitations", parse_count)
    if not sizes or not columns:
        raise TableError(table.file, "has no row of a stratum; write it by `sipas plan -o plan.csv`")
    return Quotas(columns, sizes)


def draw_invited(quotas: Quotas, transactions: Path, seed: str) -> list[dict[str, object]]:
    """A row for each transaction to invite: its id, its stratum and its probability of being invited."""
    table = read_table(transactions, (_ID, *quotas.columns))
    identifiers, keys = _read_transactions(table, quotas)
    place = {key: stratum for stratum, key in enumerate(quotas.sizes)}
    drawn = draw(
        identifiers,
        np.array([place[key] for key in keys], np.int64),
        np.array(list(quotas.sizes.values()), np.int64),
        seed,
        label=[_label(quotas.columns, key) for key in quotas.sizes].__getitem__,
    )
    return [
        {_ID: identifiers[row], **dict(zip(quotas.columns, keys[row], strict=True)), _PROBABILITY: chance}
        for row, chance in zip(drawn.rows.tolist(), drawn.probability.tolist(), strict=True)
    ]


def _read_transactions(table: Table, quotas: Quotas) -> tuple[list[str], list[_QuotaKey]]:
    """The id and the stratum of each; an id that stands twice, or a stratum without a plan, is an error."""
    seen: dict[str, int] = {}
    keys = []
    unplanned: dict[_QuotaKey, None] = {}
    for row in table.rows:
        identifier = row.get(_ID)
        if identifier in seen:
            raise row.error(_ID, f"{identifier} stands in row {seen[identifier]} too; keep one of them")
        seen[identifier] = row.number
        key = tuple(row.get(column) for column in quotas.columns)
        keys.append(key)
        if key not in quotas.sizes:
            unplanned[key] = None
    _refuse_unplanned(table.file, quotas.columns, [*unplanned])
    return list(seen), keys


def _refuse_unplanned(file: str, columns: Sequence[str], unplanned: Sequence[_QuotaKey]) -> None:
    """Whom no plan knows could never be invited, and so would be left out of every figure unseen."""
    if unplanned:
        strata = listing([_label(columns, key) for key in unplanned])
        raise TableError(file, f"has transactions in strata that the plan lacks, so plan anew: {strata}")


def _label(columns: Sequence[str], key: _QuotaKey) -> str:
    return ", ".join(f"{column}={level}" for column, level in zip(columns, key, strict=True))
