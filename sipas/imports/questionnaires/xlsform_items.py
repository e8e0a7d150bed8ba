"""Rows of an XLSForm's survey sheet as items."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from sipas.imports.questionnaires.extras import EXTRAS, RowExtras
from sipas.imports.questionnaires.foreign import LeftOut, Notes, filled, is_item_id, other_option
from sipas.imports.questionnaires.relevance import read_condition, read_range
from sipas.imports.questionnaires.workbook import NO_LANGUAGE, FormRow
from sipas.survey.instruments.items import NUMBER_ANSWER_MAX, Condition, Item, Option, Text

_ONE = re.compile(
    r"(?:select[_ ]?one|select1)(?: from)? (\S+)(| or[_ ]other| or specify(?: other)?)", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"(?:select[_ ]multiple|select all that apply)(?: from)? (\S+)(| or[_ ]other| or specify(?: other)?)",
    re.IGNORECASE,
)
_TEXTS, _NUMBERS = ("text", "string"), ("integer", "int")
_READ_COLUMNS = {"type", "name", "required", "relevant", "parameters", "appearance", "constraint", EXTRAS}
_YES, _NO = ("yes", "true", "true()", "1"), ("no", "false", "false()", "0", "")
_APPEARANCES = ("likert", "minimal")
# Appearances that change the look alone; `label` and `list-nolabel` change the question.
_LOOKS = re.compile(
    r"quick|quickcompact|(quick-?)?compact(-\d+)?|horizontal(-compact)?|vertical|columns(-pack|-flex|-\d+)?"
    r"|no-buttons|autocomplete|list|multiline|numbers|thousands-sep|field-list|table-list|w\d+",
    re.IGNORECASE,
)
_OWN_MESSAGES = ("constraint_message", "required_message", "constraint message", "required message")


@dataclass(frozen=True)
class ListOption:
    row: FormRow
    option: Option


@dataclass(frozen=True)
class XlsformContext:
    """default: the language of columns without one. scales: by list, the name of its scale."""

    languages: tuple[str, ...]
    default: str
    lists: Mapping[str, Sequence[ListOption]]
    scales: Mapping[str, str]
    notes: Notes

    def text(self, row: FormRow, column: str, instead: str) -> Text:
        """Return a text in all languages; note the languages that lack it, if others have it."""
        found = self.known(row, column)
        for language in self.languages if column == "label" else ():
            if not found.get(language):
                self.notes.skip(row.place, f"no {column} in {language}")
        return filled(found, self.languages, instead)

    def known(self, row: FormRow, column: str) -> Text:
        found = dict(row.text(column))
        if NO_LANGUAGE in found:
            found.setdefault(self.default, found.pop(NO_LANGUAGE))
        return {language: found[language] for language in self.languages if found.get(language)}


def read_extras(row: FormRow, notes: Notes) -> RowExtras:
    try:
        return msgspec.json.decode(row[EXTRAS] or "{}", type=RowExtras)
    except msgspec.MsgspecError as error:
        notes.skip(row.place, f"column {EXTRAS}: {error}")
        return RowExtras()


def read_item(context: XlsformContext, row: FormRow) -> Item | None:
    """Return the item of a row; None if its type is not understood, which is noted."""
    kind = " ".join(row["type"].split())
    name = row["name"]
    if not is_item_id(name):
        advice = "a name is a letter from a to z, then letters, digits, _ or -"
        context.notes.skip(row.place, f"name {name!r}; {advice}")
        return None
    if found := _ONE.fullmatch(kind):
        item = _choice(context, row, found.group(1), bool(found.group(2)), "choice")
    elif found := _SEVERAL.fullmatch(kind):
        item = _choice(context, row, found.group(1), bool(found.group(2)), "choices")
    elif kind.lower() in _TEXTS:
        item = _item(context, row, kind="text")
    elif kind.lower() in _NUMBERS:
        item = _item(context, row, kind="number", **_limits(context, row))
    else:
        context.notes.skip(row.place, f"type {kind!r}")
        item = None
    _note_columns(context, row, item)
    return item


def _choice(context: XlsformContext, row: FormRow, name: str, other: bool, kind: str) -> Item | None:
    """Return a choice, or a rating if the list is a scale."""
    options = [one.option for one in context.lists.get(name, ())]
    if not options:
        context.notes.skip(row.place, f"type {row['type']!r}: there are no choices of {name}")
        return None
    extras = read_extras(row, context.notes)
    order = _order(context, row) or extras.order
    if extras.yes_no:
        return _item(context, row, kind="yes-no")
    if kind == "choice" and name in context.scales and not other:
        return _item(context, row, kind="rating", scale=context.scales[name], order=order)
    if other and not any(option.other for option in options):
        options.append(other_option(context.languages))
    return _item(context, row, kind=kind, options=tuple(options), order=order)


def _item(context: XlsformContext, row: FormRow, **parts: Any) -> Item:
    extras = read_extras(row, context.notes)
    return Item(
        id=row["name"],
        text=context.text(row, "label", row["name"]),
        hint=filled(hint, context.languages, "") if (hint := context.known(row, "hint")) else None,
        required=_is_required(context, row),
        not_applicable=extras.not_applicable,
        **parts,
    )


def _is_required(context: XlsformContext, row: FormRow) -> bool:
    value = row["required"].lower()
    if value not in (*_YES, *_NO):
        context.notes.skip(row.place, f"required {row['required']!r}; it is yes or no")
    return value in _YES


def _order(context: XlsformContext, row: FormRow) -> str | None:
    found = row["parameters"].replace(" ", "").lower()
    if found == "randomize=true":
        return "random"
    if found and found != "randomize=false":
        context.notes.skip(row.place, f"parameters {row['parameters']!r}")
    return None


def _limits(context: XlsformContext, row: FormRow) -> dict[str, int]:
    if not row["constraint"]:
        return {}
    found = read_range(row["constraint"])
    if found is None or (found[1] or 0) > NUMBER_ANSWER_MAX:
        context.notes.skip(row.place, f"constraint {row['constraint']!r}")
        return {}
    low, high = found
    return {"minimum": low, "maximum": NUMBER_ANSWER_MAX if high is None else high}


def _note_columns(context: XlsformContext, row: FormRow, item: Item | None) -> None:
    """Note the columns of the row that are not understood. item: None if its type is not."""
    note_unread_columns(context, row, _READ_COLUMNS)
    note_appearance(context, row)
    if row["constraint"] and (item is None or item.kind != "number"):
        context.notes.skip(row.place, f"constraint {_short(row['constraint'])}")
    if row["parameters"] and (item is None or not (item.options or item.kind == "rating")):
        context.notes.skip(row.place, f"parameters {_short(row['parameters'])}")


def note_unread_columns(context: XlsformContext, row: FormRow, known: Collection[str]) -> None:
    for column, value in row.cells.items():
        if column.partition("::")[0] in _OWN_MESSAGES:
            context.notes.assumed.append(f"{row.place}: column {column}: the service shows its own message")
        elif column not in known:
            context.notes.skip(row.place, f"column {column}: {_short(value)}")


def note_appearance(context: XlsformContext, row: FormRow) -> None:
    """Note an appearance: looks alone are left to the service, others may change what is asked."""
    words = [word for word in row["appearance"].split() if word.lower() not in _APPEARANCES]
    if not words:
        return
    if all(map(_LOOKS.fullmatch, words)):
        context.notes.assumed.append(
            f"{row.place}: appearance {_short(row['appearance'])}: the service shows its own layout"
        )
    else:
        context.notes.skip(row.place, f"appearance {_short(row['appearance'])}")


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else f"{value[:57]}...")


def read_relevance(context: XlsformContext, row: FormRow, items: Mapping[str, Item]) -> Condition | None:
    """Return the condition of a row on an earlier item. items: those read before it.

    LeftOut: it is not understood, which is noted.
    """
    if not row["relevant"]:
        return None
    found = read_condition(row["relevant"])
    if found is None:
        context.notes.skip(row.place, f"relevant {_short(row['relevant'])}; the row is left out")
        raise LeftOut
    name, values = found
    typed = typed_values(items[name], values) if name in items else None
    if typed is None:
        problem = f"relevant {_short(row['relevant'])}: no earlier question has that answer"
        context.notes.skip(row.place, f"{problem}; the row is left out")
        raise LeftOut
    return Condition(name, typed)


def typed_values(item: Item, values: Sequence[str]) -> tuple[bool | int | str, ...] | None:
    """Return the values as the item's answers are written; None if it cannot have one of them."""
    if item.kind == "yes-no":
        words = {"yes": True, "true": True, "no": False, "false": False}
        found = [words.get(value.lower()) for value in values]
        return None if None in found else tuple(one for one in found if one is not None)
    if item.kind in ("rating", "number"):
        return tuple(map(int, values)) if all(value.isdecimal() for value in values) else None
    codes = {option.code for option in item.options}
    return tuple(values) if codes.issuperset(values) else None
