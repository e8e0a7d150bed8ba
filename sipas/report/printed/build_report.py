"""A report of a round or a unit as a document."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from sipas.messages import long_date, text
from sipas.report.export.build_export import snapshot_watermark
from sipas.report.names import Names
from sipas.report.printed.chapters import Chapters
from sipas.report.printed.document import Block, Document
from sipas.report.printed.findings import Words
from sipas.report.printed.report_tables import ReportSources, make_tables


def build_report(sources: ReportSources, emblem: bytes | None = None, *, simulated: bool = False) -> Document:
    """simulated: the round is one of the demonstration, which the first page says."""
    request, language = sources.request, sources.request.language
    names = Names(language, sources.snapshot.catalogue)
    words = Words(make_tables(sources), names)
    chapters = Chapters(words)
    chosen = _monthly(chapters) if request.kind == "monthly" else _round(chapters)
    return Document(
        language=language,
        title=words.say(f"report.title_{request.kind}"),
        subtitle=_subtitle(sources, names),
        cover=tuple(_cover(sources, words)),
        warning=_warning(words, simulated=simulated),
        blocks=tuple(chosen),
        has_cover=request.kind == "round",
        emblem=emblem,
    )


def _round(chapters: Chapters) -> Iterator[Block]:
    return chain(
        chapters.key_findings(),
        chapters.method(),
        chapters.measures(),
        chapters.channels(),
        chapters.units(),
        chapters.procedures(),
        chapters.change(),
        chapters.annex(),
        chapters.definitions(),
    )


def _monthly(chapters: Chapters) -> Iterator[Block]:
    return chain(
        chapters.key_findings(),
        chapters.change(),
        chapters.measures(),
        chapters.channels(),
        chapters.procedures(),
        chapters.method(),
    )


def _subtitle(sources: ReportSources, names: Names) -> str:
    instrument = sources.snapshot.instrument
    title = names.text(instrument.title, instrument)
    unit = sources.request.unit
    return title if unit is None else f"{names.unit(unit)} · {title}"


def _cover(sources: ReportSources, words: Words) -> Iterator[tuple[str, str]]:
    request, language = sources.request, sources.request.language
    first, last = sources.snapshot.days()
    if words.tables.overall.header.provisional:
        last = min(last, _last_day(sources) or last)
    if request.period is not None:
        first, last = max(first, request.period.first), min(last, request.period.last)
    yield words.say("report.days"), f"{long_date(language, first)} – {long_date(language, last)}"
    yield words.say("report.responses"), words.count(words.tables.whole.n)
    yield words.say("report.round"), request.round
    yield words.say("report.questionnaire"), sources.snapshot.instrument.name
    yield words.say("report.as_of"), _as_of(sources, words)
    yield text(language, "dashboard.software"), words.tables.overall.header.software


def _as_of(sources: ReportSources, words: Words) -> str:
    """Name the state of the responses, not the day of printing: the same state prints the same report."""
    mark = snapshot_watermark(sources.snapshot)
    segment = f"{mark.rebuilds}.{mark.segment}"
    return words.say("report.watermark", responses=words.count(mark.responses), segment=segment)


def _last_day(sources: ReportSources) -> date | None:
    """Return the last day with a response, so that a report of an open round does not change by itself."""
    return max(sources.snapshot.responses.keys["day"].values, default=None)


def _warning(words: Words, *, simulated: bool) -> str | None:
    if simulated:
        return words.say("report.simulated")
    return words.say("report.provisional") if words.tables.overall.header.provisional else None
