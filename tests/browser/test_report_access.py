"""A report as HTML is accessible, and fits a phone and a screen."""

from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize

from sipas.report.printed.build_report import build_report
from sipas.report.printed.html import html
from sipas.report.printed.report_request import ReportRequest
from sipas.report.printed.report_tables import read_report_sources
from tests.browser.axe import violations
from tests.report.conftest import Reference, sipas_files, sipas_round, with_our_words

__all__ = ["sipas_files", "sipas_round", "with_our_words"]


@pytest.fixture
async def report(sipas_round: Reference, tmp_path: Path) -> str:
    sources = await read_report_sources(sipas_round.rounds, ReportRequest(round="reference"))
    file = tmp_path / "report.html"
    file.write_bytes(html(build_report(sources)))
    return file.as_uri()


async def test_a_report_is_accessible_on_a_phone_and_on_a_screen(page: Page, report: str) -> None:
    await page.goto(report)
    for size in (ViewportSize(width=360, height=640), ViewportSize(width=1280, height=800)):
        await page.set_viewport_size(size)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
