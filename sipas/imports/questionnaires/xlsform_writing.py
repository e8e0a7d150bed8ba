"""An instrument as an XLSForm, which `xlsform` reads back as the same instrument.

Other tools read the sheets survey, choices and settings. The column and the sheet `sipas` hold what the
format lacks.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from sipas.imports.questionnaires.extras import EXTRAS, RowExtras, ScaleExtras, SheetExtras
from sipas.messages import language_name
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import NUMBER_ANSWER_MAX, Condition, Item, Option, Section, Text

_ENGLISH_NAMES = {"vi": "Vietnamese", "en": "English"}
_YES_NO_LIST = "yes_no"
_YES_NO = {"yes": {"vi": "Có", "en": "Yes"}, "no": {"vi": "Không", "en": "No"}}
_MAIN_LIST = "scale"
_Row = dict[str, str]


def xlsform_bytes(instrument: Instrument) -> bytes:
    sheets = {
        "survey": list(_survey_rows(instrument)),
        "choices": list(_choice_rows(instrument)),
        "settings": [_settings(instrument)],
        EXTRAS: list(_sheet_extras(instrument)),
    }
    return _workbook(sheets)


def _workbook(sheets: Mapping[str, Iterable[_Row]]) -> bytes:
    from openpyxl import Workbook  # 0.2 s, which no start of the service needs

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        header = [*dict.fromkeys(name for row in rows for name in row)]
        lines = [header, *([row.get(name, "") for name in header] for row in rows)]
        for number, cells in enumerate(lines, 1):
            for place, text in enumerate(cells, 1):
                cell = sheet.cell(number, place)
                if text:
                    cell.value = text
                    cell.data_type = "s"  # a text, even if it begins with =
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _survey_rows(instrument: Instrument) -> Iterator[_Row]:
    for item in instrument.questions:
        yield _item_row(instrument, item)
    for factor in instrument.factors:
        yield (
            {"type": "begin_group", "name": factor.id}
            | _texts("label", factor.title)
            | _extras(RowExtras(group="factor"))
        )
        yield from (_item_row(instrument, item) for item in factor.items)
        yield {"type": "end_group", "name": factor.id}
    for section in instrument.sections:
        yield from _section_rows(instrument, section)


def _section_rows(instrument: Instrument, section: Section) -> Iterator[_Row]:
    extras = RowExtras(about_person=section.about_person, intro=section.intro)
    row = {"type": "begin_group", "name": section.id} | _texts("label", section.title)
    yield row | _relevant(instrument, section.when) | _extras(extras)
    yield from (_item_row(instrument, item) for item in section.items)
    for below in section.sections:
        yield from _section_rows(instrument, below)
    yield {"type": "end_group", "name": section.id}


def _item_row(instrument: Instrument, item: Item) -> _Row:
    row = (
        {"type": _type(item), "name": item.id} | _texts("label", item.text) | _texts("hint", item.hint or {})
    )
    row |= {"required": "yes"} if item.required else {}
    row |= {"appearance": "likert"} if item.kind == "rating" else {}
    row |= {"parameters": "randomize=true"} if item.order == "random" else {}
    row |= {"constraint": limits} if (limits := _limits(item)) else {}
    extras = RowExtras(
        yes_no=item.kind == "yes-no",
        not_applicable=item.not_applicable,
        order=item.order if item.order == "reversed" else "as-written",
    )
    return row | _relevant(instrument, item.when) | _extras(extras)


def _type(item: Item) -> str:
    match item.kind:
        case "rating":
            return f"select_one {item.scale or _MAIN_LIST}"
        case "choice":
            return f"select_one {_list_of(item)}"
        case "choices":
            return f"select_multiple {_list_of(item)}"
        case "yes-no":
            return f"select_one {_YES_NO_LIST}"
        case "number":
            return "integer"
    return "text"


def _list_of(item: Item) -> str:
    return f"{item.id}_options"


def _limits(item: Item) -> str:
    low, high = item.minimum, item.maximum
    if (low, high) == (0, NUMBER_ANSWER_MAX):
        return ""
    return f". >= {low} and . <= {high}"


def _relevant(instrument: Instrument, when: Condition | None) -> _Row:
    if when is None:
        return {}
    several = instrument.items_by_id[when.item].kind == "choices"
    terms = [
        f"selected(${{{when.item}}}, '{value}')" if several else f"${{{when.item}}} = '{_word(value)}'"
        for value in when.values
    ]
    return {"relevant": " or ".join(terms)}


def _word(value: bool | int | str) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _texts(column: str, text: Text) -> _Row:
    named = {code: _ENGLISH_NAMES.get(code) or language_name(code) for code in text}
    return {f"{column}::{named[code]} ({code})": words for code, words in text.items()}


def _extras(extras: RowExtras) -> _Row:
    content = msgspec.json.encode(extras).decode()
    return {EXTRAS: content} if content != "{}" else {}


def _choice_rows(instrument: Instrument) -> Iterator[_Row]:
    languages = instrument.languages
    named = {name or _MAIN_LIST: scale for name, scale in _scales(instrument)}
    for name, scale in named.items():
        for place, point in enumerate(scale.points):
            label = {language: scale.labels[language][place] for language in languages}
            yield {"list_name": name, "name": str(point)} | _texts("label", label)
    if any(item.kind == "yes-no" for item in instrument.items()):
        for code, text in _YES_NO.items():
            label = {language: text.get(language, code) for language in languages}
            yield {"list_name": _YES_NO_LIST, "name": code} | _texts("label", label)
    for item in instrument.items():
        yield from (_option_row(_list_of(item), option) for option in item.options)


def _option_row(name: str, option: Option) -> _Row:
    row = {"list_name": name, "name": option.code} | _texts("label", option.text)
    return row | ({"sipas_other": "yes"} if option.other else {})


def _scales(instrument: Instrument) -> Iterator[tuple[str, Any]]:
    if instrument.main_scale:
        yield "", instrument.main_scale
    yield from instrument.named_scales.items()


def _settings(instrument: Instrument) -> _Row:
    first = instrument.languages[0]
    return {
        "form_title": instrument.title[first],
        "form_id": instrument.id,
        "version": str(instrument.version),
        "default_language": f"{_ENGLISH_NAMES.get(first, first)} ({first})",
    }


def _sheet_extras(instrument: Instrument) -> Iterator[_Row]:
    extras = SheetExtras(
        languages=instrument.languages,
        title=instrument.title,
        note=instrument.note,
        scales=tuple(
            ScaleExtras(name or _MAIN_LIST, scale.satisfied, scale.display, name)
            for name, scale in _scales(instrument)
        ),
        indices=instrument.written_indices,
        forms=instrument.forms,
        attributes=instrument.attributes,
    )
    for key, value in msgspec.to_builtins(extras).items():
        yield {"key": key, "value": msgspec.json.encode(value).decode()}
