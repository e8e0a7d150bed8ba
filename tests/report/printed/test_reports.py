"""Reports say what their tables say, are the same each time, and can be read by machines."""

import io
import re

import docx as python_docx
import pytest
from pypdf import PdfReader

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.report.indices.indices import index_table
from sipas.report.period import parse_period
from sipas.report.printed.build_report import build_report
from sipas.report.printed.document import Bullets, Document, ReportTable
from sipas.report.printed.docx import docx
from sipas.report.printed.html import html
from sipas.report.printed.pdf import pdf
from sipas.report.printed.report_request import ReportRequest
from sipas.report.printed.report_tables import read_report_sources
from sipas.report.request import EstimateRequest
from tests.report.conftest import Reference

EMBLEM = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


async def document(reference: Reference, request: ReportRequest, emblem: bytes | None = None) -> Document:
    return build_report(await read_report_sources(reference.rounds, request), emblem)


def tables(made: Document) -> list[ReportTable]:
    return [block for block in made.blocks if isinstance(block, ReportTable)]


def points(made: Document) -> tuple[str, ...]:
    return next(block.points for block in made.blocks if isinstance(block, Bullets))


def words(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


async def test_findings_and_tables_hold_the_figures_of_the_round(sipas_round: Reference) -> None:
    made = await document(sipas_round, ReportRequest(round="reference", language="en"))
    asked = EstimateRequest(round="reference")
    (whole,) = index_table(asked, await sipas_round.rounds.source(asked)).rows
    assert whole.estimate is not None
    assert whole.low is not None
    assert whole.high is not None
    figure = f"{100 * whole.estimate:.1f}% ({100 * whole.low:.1f}–{100 * whole.high:.1f})"
    headline, target, *_ = points(made)
    assert headline == (
        f"The overall satisfaction index is {figure}, with 95% confidence, from {whole.n:,} responses."
    )
    assert target == "The index does not meet the target of 85%."
    measures, units, every, by_unit = tables(made)
    assert len(measures.rows) == 1 + 5 + 22
    assert [row.cells[1] for row in units.rows][:2] == ["Unit 5", "Unit 10"]
    assert units.rows[0].cells[0] == "1 (1–5)"
    assert every.rows[0].cells[:2] == ("overall:pooled", f"{100 * whole.estimate:.1f}%")
    assert len(by_unit.rows) == 10


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_report_is_a_tagged_pdf_with_bookmarks_and_the_same_each_time(
    sipas_round: Reference, language: str
) -> None:
    request = ReportRequest(round="reference", language="vi" if language == "vi" else "en")
    made = await document(sipas_round, request, EMBLEM)
    content = pdf(made)
    if language == "vi":
        assert pdf(await document(sipas_round, request, EMBLEM)) == content
    reader = PdfReader(io.BytesIO(content))
    assert "/StructTreeRoot" in reader.root_object
    assert str(reader.root_object["/Lang"]) == language
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles[:2] == {"vi": ["Kết quả chính", "Phương pháp"], "en": ["Key findings", "Method"]}[language]
    text = words(content)
    for point in points(made):
        assert point[:40] in text
    assert {"vi": "Bảng 1. Tỷ lệ hài lòng", "en": "Table 1. Share of satisfied"}[language] in text


async def test_a_month_of_a_unit_has_four_pages_at_most(dated_round: Reference, conn: Connection) -> None:
    period = parse_period("2026-02..2026-02")
    request = ReportRequest(round="dated", kind="monthly", unit="U01", period=period, language="en")
    made = await document(dated_round, request)
    assert 0 < len(PdfReader(io.BytesIO(pdf(made))).pages) <= 4
    assert any("In the month before, the index was" in point for point in points(made))
    assert not any("(from –" in point for point in points(made))


async def test_a_page_holds_the_same_sentences_and_needs_no_other_file(sipas_round: Reference) -> None:
    made = await document(sipas_round, ReportRequest(round="reference"), EMBLEM)
    page = html(made).decode()
    assert html(made).decode() == page
    assert all(point in page for point in points(made))
    assert page.count("<table>") == len(tables(made))
    assert page.count("data:image/svg+xml;base64,") == 1 + 2  # the emblem and the charts
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


async def test_a_word_document_holds_the_same_sentences_and_tables(sipas_round: Reference) -> None:
    made = await document(sipas_round, ReportRequest(round="reference"))
    content = docx(made)
    assert docx(made) == content
    word = python_docx.Document(io.BytesIO(content))
    paragraphs = [paragraph.text for paragraph in word.paragraphs]
    assert set(points(made)) <= set(paragraphs)
    assert [len(table.rows) for table in word.tables] == [1 + len(table.rows) for table in tables(made)]
    assert [cell.text for cell in word.tables[0].rows[1].cells] == [*tables(made)[0].rows[0].cells]
    assert len(word.inline_shapes) == 2


async def test_what_cannot_be_reported_says_why(sipas_round: Reference, conn: Connection) -> None:
    for wrong, complaint in (
        ({"round": "reference", "unit": "U99"}, "there is no unit 'U99'"),
        ({"round": "reference", "kind": "monthly"}, "a monthly report is about one unit"),
        ({"round": "reference", "kind": "monthly", "unit": "U01"}, "name it with --period"),
        (
            {
                "round": "reference",
                "kind": "monthly",
                "unit": "U01",
                "period": parse_period("2026-01..2026-02"),
            },
            "is not one month",
        ),
        (
            {"round": "reference", "period": parse_period("2026-12..2026-12")},
            "no response of round reference",
        ),
    ):
        with pytest.raises(InputError, match=complaint):
            await document(sipas_round, ReportRequest(**wrong))
    with pytest.raises(InputError, match="neither PNG nor JPEG nor SVG"):
        html(await document(sipas_round, ReportRequest(round="reference"), b"GIF89a"))
    with pytest.raises(InputError, match="the image is damaged"):
        docx(await document(sipas_round, ReportRequest(round="reference"), b"\x89PNG\r\n\x1a\n"))
