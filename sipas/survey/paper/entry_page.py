"""The page on which a form is typed: the context of its template."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

import msgspec

from sipas.messages import language_name, long_date, text
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.instruments.items import Item
from sipas.survey.paper.codes import NOT_ANSWERED, NOT_APPLICABLE, NOT_PRINTED, Code, codes_of
from sipas.survey.paper.differences import ReadForm
from sipas.survey.paper.fields import FieldPart, PaperSheet
from sipas.survey.paper.head import ADULTS, DAY, ISO_DAY, LANGUAGE, PROCEDURE, SERVICE, UNIT, HeadShape

_UNITS_SUGGESTED_MAX = 500
_FIELDS_LINKED_MAX = 12  # with one kind of mistake, in the summary


class HeadRow(msgspec.Struct, frozen=True):
    """A field of the head. options: to choose from, by value; suggested: to complete what is typed."""

    name: str
    label: str
    value: str
    mistake: str | None
    options: tuple[tuple[str, str], ...] = ()
    suggested: bool = False
    hint: str | None = None


class OtherRow(msgspec.Struct, frozen=True):
    name: str
    value: str
    mistake: str | None


class EntryRow(msgspec.Struct, frozen=True):
    """A question. special: codes that it has besides those of its block."""

    name: str
    place: int
    text: str
    kind: str
    value: str
    mistake: str | None
    special: tuple[str, ...]
    other: OtherRow | None


class EntryBlock(msgspec.Struct, frozen=True):
    """Questions with the same codes, which are shown once above them."""

    codes: tuple[Code, ...]
    several: bool
    rows: tuple[EntryRow, ...]

    @property
    def words(self) -> dict[str, str]:
        return {one.code: one.label for one in self.codes}


class EntryPart(msgspec.Struct, frozen=True):
    title: str | None
    blocks: tuple[EntryBlock, ...]


class PageLine(msgspec.Struct, frozen=True):
    """A text in a summary. name: of the field that it leads to."""

    text: str
    name: str


class MistakeGroup(msgspec.Struct, frozen=True):
    """A kind of mistake. fields: that have it; more: how many others do."""

    text: str
    fields: tuple[PageLine, ...]
    more: int


class EntryWords:
    """Texts about the fields of a form, in one language."""

    def __init__(self, paper: PaperSheet, language: str) -> None:
        self.paper, self.language = paper, language
        languages = paper.instrument.languages
        self.item_language = language if language in languages else languages[0]
        self.yes_no = (text(language, "survey.yes"), text(language, "survey.no"))

    def codes(self, item: Item) -> tuple[Code, ...]:
        return codes_of(self.paper.instrument, item, self.item_language, self.yes_no)

    def question(self, item: Item) -> str:
        return item.text[self.item_language]

    def mistake(self, key: str | None) -> str | None:
        return text(self.language, f"paper.mistake.{key}") if key else None

    def label(self, name: str) -> str:
        """Return what a field is called: its number and question, or the field of the head."""
        if ":" in name:
            return text(self.language, f"paper.{name.partition(':')[2]}")
        items = self.paper.instrument.items_by_id
        item = items.get(name) or next(one for one in self.paper.items if one.other_id == name)
        beside = "" if item.id == name else f" · {text(self.language, 'paper.other')}"
        return f"{self.paper.places[name]}. {self.question(item)}{beside}"

    def short(self, name: str) -> str:
        """Return the number of the question, or the field of the head."""
        if ":" in name:
            return self.label(name)
        said = text(self.language, "paper.question", place=self.paper.places[name])
        beside = name not in self.paper.instrument.items_by_id
        return f"{said} · {text(self.language, 'paper.other')}" if beside else said

    def value(self, name: str, normal: str) -> str:
        """Return a typed value with the words that its codes stand for."""
        if normal == NOT_ANSWERED:
            return f"{normal} – {text(self.language, 'paper.not_answered')}"
        if normal == NOT_APPLICABLE:
            return f"{normal} – {text(self.language, 'paper.not_applicable')}"
        if normal == NOT_PRINTED:
            return f"{normal} – {text(self.language, 'paper.not_printed')}"
        if name == DAY and ISO_DAY.fullmatch(normal):
            return long_date(self.language, date.fromisoformat(normal))
        item = self.paper.instrument.items_by_id.get(name)
        words = {one.code: one.label for one in self.codes(item)} if item else {}
        parts = normal.split() if item and item.kind == "choices" else [normal]
        if not words:
            return normal
        return "; ".join(f"{part} – {words[part]}" if part in words else part for part in parts)


def head_rows(
    shape: HeadShape,
    fields: Mapping[str, str],
    mistakes: Mapping[str, str],
    catalogue: Catalogue,
    words: EntryWords,
) -> list[HeadRow]:
    """Return the fields of the head with what was typed."""
    language = words.language
    options = {
        LANGUAGE: tuple((code, language_name(code)) for code in shape.instrument.languages),
        SERVICE: (
            ("", text(language, "paper.not_stated")),
            *((one, text(language, f"level.service_channel.{one}")) for one in SERVICE_CHANNELS),
        ),
    }
    suggested = {UNIT: len(catalogue.units_by_code) <= _UNITS_SUGGESTED_MAX, PROCEDURE: True}
    hints = {DAY: "paper.day_hint", PROCEDURE: "paper.procedure_hint", ADULTS: "paper.adults_hint"}
    return [
        HeadRow(
            name=name,
            label=words.label(name),
            value=fields.get(name, ""),
            mistake=words.mistake(mistakes.get(name)),
            options=options.get(name, ()),
            suggested=suggested.get(name, False),
            hint=text(language, hints[name]) if name in hints else None,
        )
        for name in shape.fields
    ]


def entry_parts(words: EntryWords, fields: Mapping[str, str], mistakes: Mapping[str, str]) -> list[EntryPart]:
    return [
        EntryPart(
            part.group.title[words.item_language] if part.group else None,
            tuple(_blocks(words, part, fields, mistakes)),
        )
        for part in words.paper.parts
    ]


def _blocks(
    words: EntryWords, part: FieldPart, fields: Mapping[str, str], mistakes: Mapping[str, str]
) -> Iterator[EntryBlock]:
    keyed = [(item, (item.kind, words.codes(item))) for item in part.items]
    for (kind, codes), together in groupby(keyed, lambda pair: pair[1]):
        rows = tuple(_row(words, item, fields, mistakes) for item, _ in together)
        yield EntryBlock(codes, kind == "choices", rows)


def _row(words: EntryWords, item: Item, fields: Mapping[str, str], mistakes: Mapping[str, str]) -> EntryRow:
    special = []
    if words.paper.instrument.may_not_apply(item):
        special.append(f"{NOT_APPLICABLE} {text(words.language, 'paper.not_applicable')}")
    if item.id in words.paper.drawn:
        special.append(f"{NOT_PRINTED} {text(words.language, 'paper.not_printed')}")
    if item.kind == "number":
        span = text(words.language, "paper.span", least=item.minimum, most=item.maximum)
        special.insert(0, span)
    other = None
    if item.other_id:
        key = mistakes.get(item.other_id)
        other = OtherRow(item.other_id, fields.get(item.other_id, ""), words.mistake(key))
    return EntryRow(
        name=item.id,
        place=words.paper.places[item.id],
        text=words.question(item),
        kind=item.kind,
        value=fields.get(item.id, ""),
        mistake=words.mistake(mistakes.get(item.id)),
        special=tuple(special),
        other=other,
    )


def mistake_groups(words: EntryWords, read: ReadForm) -> list[MistakeGroup]:
    """Return the mistakes by kind, each with links to the first fields that have it."""
    names: dict[str, list[str]] = {}
    for name, key in read.mistakes.items():
        names.setdefault(key, []).append(name)
    return [
        MistakeGroup(
            words.mistake(key) or "",
            tuple(PageLine(words.short(name), name) for name in found[:_FIELDS_LINKED_MAX]),
            len(found[_FIELDS_LINKED_MAX:]),
        )
        for key, found in names.items()
    ]


def warning_lines(words: EntryWords, left_out: Iterable[str]) -> list[PageLine]:
    """Return a line for each question that was answered though it should not have been asked."""
    lines = []
    for name in left_out:
        conditions = words.paper.instrument.conditions[name]
        asked = ", ".join(str(words.paper.places.get(one.item, one.item)) for one in conditions)
        place = words.paper.places[name]
        lines.append(PageLine(text(words.language, "paper.left_out", place=place, asked=asked), name))
    return lines
