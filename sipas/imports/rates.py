"""Sampling rates of strata: from a file of rates, or from a plan."""

from collections.abc import Callable
from pathlib import Path

from sipas.errors import TableError
from sipas.imports.fields import one_of_words
from sipas.imports.lookup import procedure_called, unit_during
from sipas.queries.catalogue import Round
from sipas.queries.invitations import StratumRate
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_count, parse_number

_RATE_KEY_COLUMNS = ("unit", "procedure", "service_channel")


def read_rates(path: Path, catalogue: Catalogue, round_: Round) -> list[StratumRate]:
    """Read a file with the strata's columns and `rate`, or the CSV that `sipas plan -o plan.csv` writes."""
    table = read_table(path)
    columns, rate_of, rows = _understand(table)
    seen: dict[StratumRate, int] = {}
    rates = []
    for row in rows:
        stratum = _read_stratum(row, columns, catalogue, round_)
        if stratum in seen:
            raise row.error(columns[-1], f"row {seen[stratum]} is of the same stratum; keep one of them")
        seen[stratum] = row.number
        rates.append(
            StratumRate(stratum.unit_id, stratum.procedure_id, stratum.service_channel, rate_of(row))
        )
    return rates


def _understand(table: Table) -> tuple[tuple[str, ...], Callable[[TableRow], float], list[TableRow]]:
    """Return the strata's columns, a function from a row to its rate, and the rows of strata."""
    if "part" in table.header and "invitations" in table.header:
        columns = table.header[: table.header.index("part")]
        rate_of, rows = _planned_rate, [row for row in table.rows if row.find("part") == "stratum"]
    elif "rate" in table.header:
        columns = tuple(name for name in table.header if name != "rate")
        rate_of, rows = _given_rate, list(table.rows)
    else:
        raise TableError(table.file, "has no column rate, and is no plan of `sipas plan -o plan.csv`", row=1)
    if unknown := [name for name in columns if name not in _RATE_KEY_COLUMNS]:
        problem = (
            f"transactions are known by {', '.join(_RATE_KEY_COLUMNS)} alone; plan with --strata of these"
        )
        raise TableError(table.file, problem, row=1, column=unknown[0])
    if not rows or not columns:
        raise TableError(table.file, "has no row of a stratum")
    return columns, rate_of, rows


def _given_rate(row: TableRow) -> float:
    rate = row.get_as("rate", parse_number)
    if not 0 <= rate <= 1:
        raise row.error("rate", "is not between 0 and 1")
    return rate


def _planned_rate(row: TableRow) -> float:
    """Return planned invitations for each transaction in the plan."""
    population = row.get_as("population", parse_count)
    return min(1.0, row.get_as("invitations", parse_count) / population) if population else 0.0


def _read_stratum(
    row: TableRow, columns: tuple[str, ...], catalogue: Catalogue, round_: Round
) -> StratumRate:
    """Return a stratum without its rate."""
    unit_id = procedure_id = channel = None
    if "unit" in columns:
        unit_id = row.get_as("unit", lambda code: unit_during(catalogue, code, round_).id)
    if "procedure" in columns:
        procedure_id = row.get_as("procedure", lambda code: procedure_called(catalogue, code).id)
    if "service_channel" in columns:
        channel = row.get_as("service_channel", one_of_words(SERVICE_CHANNELS))
    return StratumRate(unit_id, procedure_id, channel, 0.0)
