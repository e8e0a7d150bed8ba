"""Limits on the size of one request to the service. Commands have no such limits."""

from collections.abc import Mapping, Sequence

import numpy as np

from sipas.errors import InputError
from sipas.report.request import EstimateRequest
from sipas.report.sources.answer_scorings import chosen_measures
from sipas.report.sources.source import Mask, Source
from sipas.stats import Column

TABLES_MOST = 20  # `by`, so many times
COLUMNS_MOST = 6  # in one `by`
CONDITIONS_MOST = 500
_ROWS_MOST = 40_000  # of a table: 7 s and 40 MB of JSON
_DRAWN_MOST = 2_000  # figures in a chart: 8 s of drawing
DRAWN_ROWS_MOST = 400  # of them below each other
DRAWS_MOST = 100_000_000  # responses times replicates, measures and tables: 5 s
BOOTSTRAP_REPLICATES = 2_000
_CALIBRATION_DRAWS = 50  # a replicate that is calibrated anew takes as long as so many others
_NARROWER = "narrow it with where or period, name fewer columns or one measure, or use the command line"


def require_few_options(request: EstimateRequest) -> EstimateRequest:
    """Check the request before anything is read."""
    for name, found, most in (
        ("by", len(request.by), TABLES_MOST),
        ("by", max(map(len, request.by), default=0), COLUMNS_MOST),
        ("where", len(request.where), CONDITIONS_MOST),
    ):
        if found > most:
            what = "conditions" if name == "where" else "tables" if most == TABLES_MOST else "columns"
            raise InputError(f"{name}: {found:,} {what} are more than one request may ask for, {most:,}")
    return request


def _count_domains(request: EstimateRequest, source: Source, by: Sequence[str]) -> int:
    """Domains that have an answer or, where these are more, transactions."""
    own = _combinations(source.cells.columns, by, source.where(request))
    if source.frame is None or not set(by) <= set(source.frame.columns):
        return own
    return max(own, _combinations(source.frame.columns, by, source.where_frame(request)))


def _combinations(columns: Mapping[str, Column], by: Sequence[str], where: Mask | None) -> int:
    chosen = [columns[name] for name in by]
    if where is not None:
        chosen = [Column(column.codes[where], column.levels) for column in chosen]
    if not chosen or not len(chosen[0].codes):
        return 1
    return len(np.unique(np.stack([column.codes for column in chosen]), axis=1)[0])


def _count_measures(request: EstimateRequest, source: Source) -> int:
    definition = source.instrument.index(request.index or source.index)
    return len(chosen_measures(source.instrument, source.cells.scoring, definition, request.measure))


def count_rows(request: EstimateRequest, source: Source) -> int:
    return sum(_count_domains(request, source, by) for by in request.by) * _count_measures(request, source)


def require_few_rows(request: EstimateRequest, source: Source, most: int = _ROWS_MOST) -> int:
    """Return the number of rows of the table."""
    rows = count_rows(request, source)
    if rows > most:
        measures = _count_measures(request, source)
        raise InputError(
            f"by: this asks for about {rows:,} rows ({rows // measures:,} domains × {measures} measures), and"
            f" one request may ask for {most:,}; {_NARROWER}"
        )
    return rows


def require_few_marks(request: EstimateRequest, sources: Sequence[Source]) -> None:
    """Refuse a chart that is too large to read."""
    rows = max(_count_domains(request, source, by) for source in sources for by in request.by)
    marks = sum(count_rows(request, source) for source in sources)
    require_few_drawn(rows, marks)


def require_few_drawn(rows: int, marks: int = 0) -> None:
    if rows > DRAWN_ROWS_MOST or marks > _DRAWN_MOST:
        raise InputError(
            f"by: a chart of {rows:,} rows and {max(rows, marks):,} figures is too large to read; one request"
            f" may ask for {DRAWN_ROWS_MOST:,} rows and {_DRAWN_MOST:,} figures; {_NARROWER}"
        )


def require_few_replicates(request: EstimateRequest, source: Source) -> None:
    if request.second_opinion is None or request.second_opinion.seed is None:
        return
    each = _CALIBRATION_DRAWS if request.weights not in (None, "post-stratify", "none") else 1
    tables = len(request.by) * _count_measures(request, source)
    draws = int(source.cells.n.sum()) * BOOTSTRAP_REPLICATES * tables * each
    if draws > DRAWS_MOST:
        raise InputError(
            f"second-opinion: the bootstrap of these answers takes about {draws // 20_000_000:,} seconds,"
            f" and one request may take {DRAWS_MOST // 20_000_000}; ask for one measure and one table, use"
            " jackknife, or use the command line"
        )
