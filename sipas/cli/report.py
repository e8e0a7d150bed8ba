"""sipas report: the printed report of a round or of a unit's month."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click

from sipas.charts.numbers import choose_language
from sipas.cli.commands import StrictCommand
from sipas.cli.output import OUTPUT_FILE
from sipas.cli.source_options import SOURCE_FILE, in_rounds
from sipas.demo.loading import RESIDENTS_ROUND, ROUND
from sipas.errors import InputError
from sipas.report.export.exporting import save_whole
from sipas.report.period import parse_period
from sipas.report.printed.build_report import build_report
from sipas.report.printed.document import Document
from sipas.report.printed.docx import docx
from sipas.report.printed.html import html
from sipas.report.printed.pdf import pdf
from sipas.report.printed.report_request import ReportKind, ReportRequest
from sipas.report.printed.report_tables import ReportSources, read_report_sources
from sipas.report.sources.rounds import Rounds

_DEMO_ROUNDS = (ROUND, RESIDENTS_ROUND)
_FORMATS: dict[str, Callable[[Document], bytes]] = {".pdf": pdf, ".docx": docx, ".html": html}


@click.command(cls=StrictCommand)
@click.option("--round", "round_", required=True, help="the round in the database")
@click.option("--unit", metavar="CODE", help="one unit alone")
@click.option(
    "--kind",
    type=click.Choice(["round", "monthly"]),
    default="round",
    show_default=True,
    help="the whole round, or four pages about a unit's month",
)
@click.option("--period", metavar="FROM..TO", help="months or days; with --kind monthly one month")
@click.option("--lang", "--language", "lang", default="vi", show_default=True, help="vi or en")
@click.option("--emblem", type=SOURCE_FILE, help="the office's emblem for the cover: PNG, JPEG or SVG")
@click.option("-o", "--output", required=True, type=OUTPUT_FILE, help="FILE.pdf, FILE.docx or FILE.html")
def report(
    round_: str,
    unit: str | None,
    kind: ReportKind,
    period: str | None,
    lang: str,
    emblem: Path | None,
    output: Path,
) -> None:
    """Write the printed report of a round, or of one unit's month.

    Every sentence follows from the tables of the report. The same state of the data gives the same bytes.
    """
    write = _FORMATS.get(output.suffix.lower())
    if write is None:
        listed = " or ".join([", ".join([*_FORMATS][:-1]), [*_FORMATS][-1]])
        raise InputError(f"-o: a report is a file that ends in {listed}, not in {output.name!r}")
    request = ReportRequest(
        round=round_,
        kind=kind,
        unit=unit,
        period=None if period is None else parse_period(period if ".." in period else f"{period}..{period}"),
        language=choose_language(lang),
    )
    sources = in_rounds(lambda rounds: _read(rounds, request))
    image = None if emblem is None else emblem.read_bytes()
    document = build_report(sources, image, simulated=round_ in _DEMO_ROUNDS)
    content = write(document)

    def save(file: BinaryIO) -> None:
        file.write(content)

    save_whole(output, save)


async def _read(rounds: Rounds, request: ReportRequest) -> ReportSources:
    return await read_report_sources(rounds, request)
