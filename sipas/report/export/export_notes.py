"""The side note of an export, and its list of columns: for people, in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence

from sipas.messages import Translate, texts
from sipas.report.export.export_facts import ExportFacts
from sipas.report.export.export_table import MISSING_ANSWERS, ExportColumn, ExportTable
from sipas.report.indices.index_table import TableHeader
from sipas.report.note_words import note_text

_CSV_CODES: Mapping[int, str] = {-1: "", -2: "NA", -3: "-"}
_STATA_CODES: Mapping[int, str] = {-1: ".a", -2: ".b", -3: ".c"}
HEADINGS = ("variable", "spss", "stata", "label", "codes")


def note_lines(facts: ExportFacts) -> list[str]:
    """Return what a reader of the file must know, a line each."""
    t = texts(facts.language)
    return [
        t("export.note.rows", rows=facts.rows, round=facts.round, instrument=facts.instrument),
        t(
            "export.note.watermark",
            responses=facts.watermark.responses,
            segment=f"{facts.watermark.rebuilds}.{facts.watermark.segment}",
            day=facts.exported_on,
            software=facts.software,
        ),
        *_filter_lines(facts, t),
        *(_weight_lines(facts.header, facts, t) if facts.header else ()),
        *([t("export.note.missing")] if facts.header else []),
        t("export.note.coarsened"),
        *(
            "- " + t(f"export.coarsened.{one.code}", **({} if one.n is None else {"n": one.n}))
            for one in facts.coarsened
        ),
    ]


def _filter_lines(facts: ExportFacts, t: Translate) -> Iterator[str]:
    given = [*facts.where, *([] if facts.period is None else [facts.period])]
    if given:
        yield t("export.note.filter", filter=", ".join(given))


def _weight_lines(header: TableHeader, facts: ExportFacts, t: Translate) -> Iterator[str]:
    weights = header.weights
    yield t(
        "export.note.weights",
        method=weights.method,
        strata=", ".join(weights.strata) or "–",
        index=header.definition.id or "–",
    )
    if facts.frame is not None and facts.frame.strata:
        yield t("export.note.frame", strata=facts.frame.strata, transactions=facts.frame.transactions)
    for note in dict.fromkeys((*header.notes, *weights.notes)):
        yield "- " + note_text(note, facts.language)


def codebook_rows(table: ExportTable) -> list[Sequence[str]]:
    """Return a heading, and a row for each column: its names, its label and its codes."""
    t = texts(table.facts.language)
    spss, stata = table.variable_names("sav"), table.variable_names("dta")
    rows = [
        (one.name, spss[one.name], stata[one.name], one.label, "; ".join(_codes(one)))
        for one in table.columns
    ]
    return [tuple(t(f"export.heading.{name}") for name in HEADINGS), *rows]


def _codes(column: ExportColumn) -> Iterator[str]:
    """Yield each code with its label: the number, and what CSV holds if that is something else."""
    for number, label in column.labels:
        if column.kind == "answer" and number in MISSING_ANSWERS:
            yield f"{number} (CSV: “{_CSV_CODES[number]}”, Stata: {_STATA_CODES[number]}) = {label}"
        else:
            place = number - column.first
            written = str(column.values[place]) if place < len(column.values) else str(number)
            yield f"{number} = {label}" if written == str(number) else f"{number} ({written}) = {label}"
