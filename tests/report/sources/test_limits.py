"""One request to the service asks for no more than a bounded amount of work."""

import pytest

from sipas.errors import InputError
from sipas.report.indices.indices import index_table
from sipas.report.request import INDEX_OPTIONS, EstimateRequest, read_request
from sipas.report.sources import limits
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.limits import (
    count_rows,
    require_few_marks,
    require_few_options,
    require_few_replicates,
    require_few_rows,
)


def asked(*options: tuple[str, str]) -> EstimateRequest:
    return read_request(options, INDEX_OPTIONS)


@pytest.mark.parametrize(
    "options",
    [
        [("by", "unit"), ("measure", "all")],
        [("by", ""), ("by", "unit,channel")],
        [("by", "unit"), ("where", "channel=online"), ("measure", "factors")],
    ],
)
def test_rows_are_counted_before_they_are_made(sipas_files: Files, options: list[tuple[str, str]]) -> None:
    request = asked(*options)
    source = file_source(sipas_files, request)
    assert count_rows(request, source) == len(index_table(request, source).rows)


def test_a_table_of_too_many_rows_is_refused_and_the_message_says_how_to_narrow_it(
    sipas_files: Files,
) -> None:
    request = asked(("by", "unit"), ("measure", "items"))
    source = file_source(sipas_files, request)
    rows = count_rows(request, source)
    assert require_few_rows(request, source, rows) == rows
    with pytest.raises(InputError, match=rf"by: this asks for about {rows} rows .* narrow it with where"):
        require_few_rows(request, source, rows - 1)


def test_a_chart_that_cannot_be_read_is_refused(sipas_files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(("by", "unit"))
    source = file_source(sipas_files, request)
    require_few_marks(request, [source])
    monkeypatch.setattr(limits, "DRAWN_ROWS_MOST", 2)
    with pytest.raises(InputError, match="too large to read"):
        require_few_marks(request, [source])


@pytest.mark.parametrize(
    "options",
    [
        [("by", ",".join(f"c{n}" for n in range(limits.COLUMNS_MOST + 1)))],
        [("by", f"c{n}") for n in range(limits.TABLES_MOST + 1)],
        [("where", f"unit={n}") for n in range(limits.CONDITIONS_MOST + 1)],
    ],
)
def test_options_without_end_are_refused(options: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError, match="more than one request may ask for"):
        require_few_options(asked(*options))


@pytest.mark.parametrize("more", [("weights", "raking"), ("measure", "items")])
def test_a_bootstrap_that_takes_long_is_refused(
    sipas_files: Files, monkeypatch: pytest.MonkeyPatch, more: tuple[str, str]
) -> None:
    usual = [("by", "unit"), ("second-opinion", "bootstrap")]
    request, longer = asked(*usual), asked(*usual, more)
    source = file_source(sipas_files, request)
    monkeypatch.setattr(limits, "DRAWS_MOST", int(source.cells.n.sum()) * limits.BOOTSTRAP_REPLICATES)
    require_few_replicates(request, source)
    with pytest.raises(InputError, match="use jackknife"):
        require_few_replicates(longer, source)


def test_margins_of_an_address_are_text() -> None:
    with pytest.raises(InputError, match="is a workbook; send the text of a CSV file"):
        asked(("margins", "PK\x03\x04"))
