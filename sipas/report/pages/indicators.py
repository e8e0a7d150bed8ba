"""The indicators of an index tree on a round's page, in the order of the form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sipas.charts.numbers import count
from sipas.messages import text
from sipas.report.figures.figures import without_few_answers
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import index_table
from sipas.report.names import Names
from sipas.report.pages.item_names import short_names
from sipas.report.pages.sections import DomainSection, axis, figure_of, section_notes, small_scale
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats import IndexNode
from sipas.survey.instruments.instrument import Instrument

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True)
class Respondents:
    """A group of respondents to choose. value: `COLUMN=LEVEL`."""

    value: str
    name: str


@dataclass(frozen=True)
class RespondentGroups:
    """Groups of respondents by the values of one question or column."""

    name: str
    groups: tuple[Respondents, ...]


def indicators_request(round_code: str, among: str) -> EstimateRequest:
    """among: a value of `Respondents`; empty for all."""
    column, _, level = among.partition("=")
    where = ((column, level),) if among else ()
    return EstimateRequest(round=round_code, measure="all", where=where)


def indicators(request: EstimateRequest, source: Source, names: Names) -> DomainSection | None:
    """Return the table of the tree's indicators; None without a tree or responses."""
    tree = source.instrument.index(request.index or source.index).tree
    if tree is None:
        return None
    rows = {row.measure: row for row in index_table(request, source).rows}
    if not any(row.n for row in rows.values()):
        return None
    found = [
        (level, name, rows[measure]) for measure, level, name in walk_tree(source, names) if measure in rows
    ]
    return _section(request, source, found, names)


def _section(
    request: EstimateRequest, source: Source, found: Sequence[tuple[int, str, IndexRow]], names: Names
) -> DomainSection:
    """found: level, name and row of each indicator."""
    shown = [without_few_answers(row) for *_, row in found]
    scale = small_scale(shown, source.target)
    figures = (
        replace(
            figure_of(row, names, scale),
            name=name,
            n=count(row.n_answered, names.language),
            level=level,
        )
        for (level, name, _), row in zip(found, shown, strict=True)
    )
    where = [("where", f"{column}={level}") for column, level in request.where]
    return DomainSection(
        column="indicator",
        by=text(names.language, "dashboard.indicator"),
        axis=axis(scale, source.target, names.language),
        figures=tuple(figures),
        query=urlencode([("round", request.round or ""), ("measure", "all"), *where]),
        notes=section_notes([row for *_, row in found], names.language),
    )


def walk_tree(source: Source, names: Names) -> Iterator[tuple[str, int, str]]:
    """Yield measure, level and name of the root of the index tree and of all below it."""
    instrument = source.instrument
    tree = instrument.index(source.index).tree
    if tree is None:
        return
    items = {item: names.text(instrument.items_by_id[item].text, instrument) for item in tree.items()}
    short = short_names(items, names.language)
    root = text(names.language, "dashboard.overall_index")
    yield f"overall:{instrument.index(source.index).id}", 0, root
    yield from _walk_below(tree, 1, short, instrument, names)


def _walk_below(
    node: IndexNode, level: int, short: dict[str, str], instrument: Instrument, names: Names
) -> Iterator[tuple[str, int, str]]:
    for place, child in enumerate(node.children):
        if isinstance(child, str):
            yield f"item:{child}", level, f"{place + 1}. {short[child]}"
        else:
            title = names.text(instrument.titles[child.id], instrument)
            yield f"factor:{child.id}", level, f"{_numeral(level, place)}. {title}"
            yield from _walk_below(child, level + 1, short, instrument, names)


def _numeral(level: int, place: int) -> str:
    """Return the number of a section: I, II at the first level, A, B at the second, then 1, 2."""
    if level == 1 and place < len(_ROMAN):
        return _ROMAN[place]
    return chr(ord("A") + place) if level == 2 and place < 26 else str(place + 1)


def respondent_groups(
    instrument: Instrument, channels: Sequence[str], names: Names
) -> tuple[RespondentGroups, ...]:
    """Return the groups that can be shown alone: of each channel, of each answer about the person, and
    those who answered yes or no, such as users of a service and others.
    """
    by_channel = tuple(Respondents(f"channel={code}", names.level("channel", code)) for code in channels)
    found = [RespondentGroups(_sentence(names.column("channel")), by_channel)]
    for item in instrument.items():
        if item.kind == "yes-no":
            levels = {"yes": text(names.language, "survey.yes"), "no": text(names.language, "survey.no")}
        elif item.id in instrument.about_person:
            levels = {option.code: names.text(option.text, instrument) for option in item.options}
        else:
            continue
        groups = tuple(Respondents(f"{item.id}={code}", name) for code, name in levels.items())
        found.append(RespondentGroups(names.text(item.text, instrument), groups))
    return tuple(one for one in found if one.groups)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
