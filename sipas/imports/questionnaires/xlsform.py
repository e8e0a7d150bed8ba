"""XLSForm: an instrument from the sheets survey, choices and settings."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import PurePath

import msgspec

from sipas.errors import TableError
from sipas.imports.questionnaires.extras import EXTRAS, SheetExtras
from sipas.imports.questionnaires.foreign import (
    ForeignQuestionnaire,
    LeftOut,
    Notes,
    filled,
    instrument_id,
    language_code,
    language_of_text,
    looks_like_scale,
    scale_of,
)
from sipas.imports.questionnaires.groups import Group, GroupTree
from sipas.imports.questionnaires.workbook import NO_LANGUAGE, FormRow, read_sheets
from sipas.imports.questionnaires.xlsform_items import (
    ListOption,
    XlsformContext,
    note_appearance,
    note_unread_columns,
    read_extras,
    read_item,
    read_relevance,
)
from sipas.survey.instruments.indices import WrittenIndex
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import AnswerScale, Item, Option, Text

_SHEETS = ("survey", "choices", "settings", EXTRAS)
_SETTINGS = {"form_id", "id_string", "version", "default_language"}
_RECORDED = ("start", "end", "today")  # the service records these itself
_BEGIN, _END = ("begin group", "begin_group"), ("end group", "end_group")
_CHOICE_COLUMNS = {"list_name", "name", "sipas_other"}
_GROUP_COLUMNS = {"type", "name", "relevant", "appearance", EXTRAS}
_VERSION_MAX = 2**31 - 1


def read_xlsform(file: str, content: bytes) -> ForeignQuestionnaire:
    """Read an XLSForm. TableError: the file is no workbook, or has no sheet `survey` with rows."""
    notes = Notes()
    sheets = read_sheets(file, content, _SHEETS, notes)
    if not sheets["survey"]:
        raise TableError(file, "has no sheet `survey` with rows, so it is no XLSForm")
    if not any(row["type"] for row in sheets["survey"]):
        raise TableError(file, "sheet survey has no column `type`, so it is no XLSForm")
    settings = sheets["settings"][0] if sheets["settings"] else None
    extras = _sheet_extras(sheets[EXTRAS], notes)
    context = _context(sheets, settings, extras, notes)
    tree = _read_survey(context, sheets["survey"], own=bool(extras.languages))
    return ForeignQuestionnaire(
        _instrument(file, context, settings, extras, tree), notes.unread, notes.assumed
    )


def _sheet_extras(rows: Sequence[FormRow], notes: Notes) -> SheetExtras:
    values = ",".join(f'"{row["key"]}":{row["value"]}' for row in rows if row["key"])
    try:
        return msgspec.json.decode("{" + values + "}", type=SheetExtras)
    except msgspec.MsgspecError as error:
        notes.skip(f"sheet {EXTRAS}", str(error))
        return SheetExtras()


def _context(
    sheets: dict[str, list[FormRow]], settings: FormRow | None, extras: SheetExtras, notes: Notes
) -> XlsformContext:
    labelled = [row for name in ("survey", "choices") for row in sheets[name]]
    default = _default_language([*labelled, *sheets["settings"]], settings)
    used = {language or default for row in labelled for text in row.texts.values() for language in text}
    languages = extras.languages or tuple(
        sorted(used & {"vi", "en"}, key=lambda one: (one != default, one != "vi"))
    )
    languages = languages or (default,)
    context = XlsformContext(languages, default, {}, {}, notes)
    lists = _read_lists(context, sheets["choices"])
    scales = {one.list: one.scale for one in extras.scales} or _find_scales(lists, sheets["survey"], notes)
    return XlsformContext(languages, default, lists, scales, notes)


def _default_language(rows: Iterable[FormRow], settings: FormRow | None) -> str:
    """Return the language that settings name, that of texts without one, or Vietnamese if it is there."""
    named = language_code(settings["default_language"]) if settings else None
    texts = [text for row in rows for text in row.texts.values()]
    plain = " ".join(text.get(NO_LANGUAGE, "") for text in texts)
    if not plain.strip() and any("vi" in text for text in texts):
        return named or "vi"
    return named or language_of_text(plain)


def _read_lists(context: XlsformContext, rows: Iterable[FormRow]) -> dict[str, list[ListOption]]:
    lists: dict[str, list[ListOption]] = {}
    for row in rows:
        name, code = row["list_name"], row["name"] or row["value"]
        if not name:
            context.notes.skip(row.place, "a choice without list_name")
            continue
        if not code:
            context.notes.skip(row.place, f"a choice of {name} without code (column name)")
            continue
        for column in sorted(row.cells.keys() - _CHOICE_COLUMNS):
            context.notes.skip(row.place, f"column {column}: {row[column]!r}")
        known = [one.option.code for one in lists.get(name, ())]
        if code in known:
            context.notes.skip(row.place, f"the code {code!r} of {name} stands more than once")
            continue
        option = Option(code, context.text(row, "label", code), other=row["sipas_other"] == "yes")
        lists.setdefault(name, []).append(ListOption(row, option))
    return lists


def _find_scales(lists: dict[str, list[ListOption]], rows: Iterable[FormRow], notes: Notes) -> dict[str, str]:
    """Return the lists that are scales, with their names; the one that most questions use is the main one."""
    used: Counter[str] = Counter()
    for row in rows:
        if found := re.fullmatch(r"select[_ ]one(?: from)? (\S+)", row["type"].strip(), re.IGNORECASE):
            used[found.group(1)] += 1 + (row["appearance"].lower() == "likert")
    scales = [
        name
        for name, _ in used.most_common()
        if looks_like_scale([one.option for one in lists.get(name, ())], used[name])
    ]
    return {name: name if place else "" for place, name in enumerate(scales)}


def _read_survey(context: XlsformContext, rows: Sequence[FormRow], *, own: bool) -> GroupTree:
    """own: the form was written by sipas, whose first items may stand outside all groups."""
    tree = GroupTree(own)
    items: dict[str, Item] = {}
    left_out = 0  # open groups that are not understood
    for row in rows:
        kind = " ".join(row["type"].split()).lower()
        if not kind or kind.startswith("#") or kind in _RECORDED:
            if not kind and any(row.cells):
                context.notes.skip(row.place, "a row without type")
        elif kind in _BEGIN and not left_out:
            try:
                _open_group(context, row, tree, items)
            except LeftOut:
                left_out += 1
        elif kind.startswith("begin"):
            left_out += 1
            context.notes.skip(row.place, f"type {row['type']!r}, with all rows in it")
        elif kind.startswith("end"):
            _close_group(context, row, tree, left_out)
            left_out = max(left_out - 1, 0)
        elif not left_out:
            with suppress(LeftOut):
                _add_item(context, row, tree, items)
    if tree.depth:
        context.notes.skip(f"sheet {rows[-1].sheet}", f"{tree.depth} groups are not ended")
    return tree


def _open_group(context: XlsformContext, row: FormRow, tree: GroupTree, items: dict[str, Item]) -> None:
    note_unread_columns(context, row, _GROUP_COLUMNS)
    note_appearance(context, row)
    extras = read_extras(row, context.notes)
    title = context.known(row, "label")
    tree.open(
        Group(
            id=row["name"],
            title=filled(title, context.languages, "") if title else {},
            intro=extras.intro,
            about_person=extras.about_person,
            when=read_relevance(context, row, items),
            kind=extras.group,
        )
    )


def _close_group(context: XlsformContext, row: FormRow, tree: GroupTree, left_out: int) -> None:
    if not left_out and not tree.close():
        context.notes.skip(row.place, f"{row['type']} without its beginning")


def _add_item(context: XlsformContext, row: FormRow, tree: GroupTree, items: dict[str, Item]) -> None:
    if row["type"].strip().lower() == "note" and tree.takes_intro() and not row["relevant"]:
        tree.set_intro(filled(context.known(row, "label"), context.languages, ""))
        return
    item = read_item(context, row)
    if item is None:
        return
    if item.id in items:
        context.notes.skip(row.place, f"the name {item.id!r} stands more than once")
        return
    when = read_relevance(context, row, items)
    item = msgspec.structs.replace(item, when=when)
    items[item.id] = item
    tree.add(item)


def _instrument(
    file: str, context: XlsformContext, settings: FormRow | None, extras: SheetExtras, tree: GroupTree
) -> Instrument:
    title = extras.title or _title(file, context, settings)
    questions, factors, sections = tree.parts(title)
    main, named = _scales(context, extras)
    rated = any(item.kind == "rating" and not item.scale for item in tree.all_items())
    indices = extras.indices or ((WrittenIndex("pooled", "pooled"),) if rated else ())
    if not extras.indices and rated:
        context.notes.assumed.append("index pooled: satisfied answers over answers, all rated items")
    return Instrument(
        id=_id(file, context, settings),
        version=_version(context, settings),
        languages=context.languages,
        title=title,
        main_scale=main,
        named_scales=named,
        factors=factors,
        written_indices=indices,
        questions=questions,
        sections=sections,
        forms=extras.forms,
        attributes=extras.attributes,
        note=extras.note,
    )


def _scales(
    context: XlsformContext, extras: SheetExtras
) -> tuple[AnswerScale | None, dict[str, AnswerScale]]:
    known = {one.list: one for one in extras.scales}
    main, named = None, {}
    for name, scale_name in context.scales.items():
        scale = scale_of([one.option for one in context.lists.get(name, ())], context.languages)
        if name in known:
            scale = msgspec.structs.replace(
                scale, satisfied=known[name].satisfied, display=known[name].display
            )
        else:
            context.notes.assumed.append(f"list {name} is a scale; {scale.satisfied} and above are satisfied")
        if scale_name:
            named[scale_name] = scale
        else:
            main = scale
    return main, named


def _title(file: str, context: XlsformContext, settings: FormRow | None) -> Text:
    known = context.known(settings, "form_title") if settings else {}
    return filled(known, context.languages, PurePath(file).stem)


def _id(file: str, context: XlsformContext, settings: FormRow | None) -> str:
    given = (settings["form_id"] or settings["id_string"]) if settings else ""
    name = instrument_id(given or PurePath(file).stem)
    if name != given:
        context.notes.assumed.append(f"id {name}")
    return name


def _version(context: XlsformContext, settings: FormRow | None) -> int:
    for column in sorted((settings.cells.keys() if settings else set()) - _SETTINGS):
        assert settings is not None
        context.notes.skip(settings.place, f"column {column}: {settings[column][:60]!r}")
    given = settings["version"] if settings else ""
    if given.isdecimal() and 0 < int(given) <= _VERSION_MAX:
        return int(given)
    if given and settings:
        context.notes.skip(settings.place, f"version {given!r}; a version is a whole number from 1")
    context.notes.assumed.append("version 1")
    return 1
