"""Tables of ranks, targets and small areas as JSON, CSV and text."""

from collections.abc import Callable, Sequence

from sipas.report.formats import Format, aligned, csv_of, domain_columns, footnotes, to_json
from sipas.report.index_table import IndexRow
from sipas.report.ranks import RankRow, RankTable
from sipas.report.small_areas import SmallAreaRow, SmallAreaTable
from sipas.report.targets import TargetRow, TargetTable

Answer = RankTable | TargetTable | SmallAreaTable
RANKS = ("rank", "range", "simultaneous", "joint")
TARGETS = ("target", "verdict", "p", "still_needed")
AREAS = ("model", "model_low", "model_high", "direct_weight")
DIRECT = ("estimate", "low", "high", "n", "n_effective")


def rendered_answer(table: Answer, format_: Format) -> bytes:
    match format_:
        case "json":
            return to_json(table)
        case "csv":
            return to_csv(table)
        case "table":
            return to_text(table).encode()


def to_csv(table: Answer) -> bytes:
    match table:
        case RankTable():
            return csv_of(table.rows, RankRow)
        case TargetTable():
            return csv_of(table.rows, TargetRow)
        case SmallAreaTable():
            return csv_of(table.rows, SmallAreaRow)


def to_text(table: Answer) -> str:
    match table:
        case RankTable():
            header, cells = RANKS, [rank_cells(row) for row in table.rows]
        case TargetTable():
            header, cells = TARGETS, [target_cells(row) for row in table.rows]
        case SmallAreaTable():
            header, cells = AREAS, [area_cells(row) for row in table.rows]
    domains = domain_columns(table.rows)
    lines = [
        [*(row.by.get(name) or "" for name in domains), row.measure, *own, *direct_cells(row)]
        for row, own in zip(table.rows, cells, strict=True)
    ]
    for row, line in zip(table.rows, lines, strict=True):
        if domains and not row.by:
            line[0] = "(all)"
    numbers = (*header, *DIRECT)
    return (
        "\n".join([*aligned([*domains, "measure", *numbers, "notes"], lines, numbers), "", *footnotes(table)])
        + "\n"
    )


def direct_cells(row: IndexRow) -> list[str]:
    figure = figures(row.statistic)
    size = "–" if row.n_effective is None else f"{row.n_effective:.0f}"
    return [figure(row.estimate), figure(row.low), figure(row.high), str(row.n), size, "; ".join(row.notes)]


def figures(statistic: str) -> Callable[[float | None], str]:
    """Shares in percent."""
    times, unit = (100, " %") if statistic == "share" else (1, "")
    return lambda value: "–" if value is None else f"{times * value:.2f}{unit}"


def rank_cells(row: RankRow) -> list[str]:
    ranges = (
        (row.rank_low, row.rank_high),
        (row.rank_low_simultaneous, row.rank_high_simultaneous),
        (row.rank_low_joint, row.rank_high_joint),
    )
    return ["–" if row.rank is None else str(row.rank), *map(span, ranges)]


def span(ends: Sequence[int | None]) -> str:
    return "–" if None in ends else "–".join(map(str, ends))


def target_cells(row: TargetRow) -> list[str]:
    p = "–" if row.p is None else f"{row.p:.4f}"
    needed = "–" if row.still_needed is None else str(row.still_needed)
    return [figures(row.statistic)(row.target), row.verdict.replace("_", " "), p, needed]


def area_cells(row: SmallAreaRow) -> list[str]:
    figure = figures(row.statistic)
    weight = "–" if row.direct_weight is None else f"{row.direct_weight:.2f}"
    return [figure(row.model_estimate), figure(row.model_low), figure(row.model_high), weight]
