"""Notes in words: the text of every code, in the reader's language."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from sipas.charts.numbers import DASH, count, with_unit
from sipas.messages import Language, column_name, text
from sipas.stats.notes import MOST_NAMED, NOT_SHOWN, Note, Param

_COLUMNS = "columns"  # the parameter that holds names of columns, which have words too
_NOTES_KEPT_IN_WORDS = 4_096

_Table = TypeVar("_Table", bound=msgspec.Struct)


class WordedNote(msgspec.Struct, frozen=True):
    """A note as JSON writes it."""

    code: str
    severity: str
    params: dict[str, Any]
    text: str


@lru_cache(_NOTES_KEPT_IN_WORDS)
def note_text(note: Note, language: Language) -> str:
    """Return the text of one note."""
    params = {name: _param_text(name, param, language) for name, param in note.params.items()}
    return text(language, f"note.{note.code}", **params)


def _param_text(name: str, param: Param, language: Language) -> str:
    """Write counts with separators, shares in percent, names in a row."""
    match param:
        case int():
            return count(param, language)
        case float():
            return with_unit(param, "share", language)
        case str():
            return param
        case _:
            return ", ".join(column_name(language, one) if name == _COLUMNS else one for one in param)


def notes_text(given: Iterable[Note], language: Language) -> str:
    """Return the texts of several notes, in a row."""
    return "; ".join(note_text(note, language) for note in given)


def review_text(given: Iterable[Note], language: Language) -> str:
    """Return why a figure is absent or unreliable; that it is not shown hides all other reasons."""
    found = [note for note in given if note.severity == "review"]
    return notes_text([note for note in found if NOT_SHOWN.is_code_of(note)] or found, language)


def summarise_notes(rows: Sequence[Sequence[Note]], language: Language) -> list[str]:
    """Return the notes of several rows, one text a code, with how many rows it holds for."""
    found: dict[str, list[Note]] = {}
    for row in rows:
        for note in dict.fromkeys(row):
            found.setdefault(note.code, []).append(note)
    return [_of_rows(given, len(rows), language) for given in found.values()]


def _of_rows(given: Sequence[Note], rows: int, language: Language) -> str:
    params = {name: _span([note.params[name] for note in given], name, language) for name in given[0].params}
    words = text(language, f"note.{given[0].code}", **params)
    if len(given) == rows:
        return words
    return text(
        language, "beside.some", note=words, rows=count(len(given), language), all=count(rows, language)
    )


def _span(params: Sequence[Param], name: str, language: Language) -> str:
    """Return the least and the most of numbers, the first few of names."""
    distinct = list(dict.fromkeys(params))
    numbers = [param for param in distinct if isinstance(param, int | float)]
    if numbers:
        return DASH.join(_param_text(name, end, language) for end in sorted({min(numbers), max(numbers)}))
    return "; ".join(_param_text(name, param, language) for param in distinct[:MOST_NAMED])


def as_sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def worded(table: _Table, language: Language) -> _Table:
    """Return a table whose notes, wherever they stand in it, are `WordedNote`s."""
    changed = {name: _worded(getattr(table, name), language) for name in _noted_fields(type(table))}
    return msgspec.structs.replace(table, **changed) if changed else table


def _worded(value: Any, language: Language) -> Any:
    if isinstance(value, Note):
        return _worded_note(value, language)
    if isinstance(value, msgspec.Struct):
        return worded(value, language)
    return [_worded(one, language) for one in value] if isinstance(value, list | tuple) else value


@lru_cache(_NOTES_KEPT_IN_WORDS)
def _worded_note(note: Note, language: Language) -> WordedNote:
    return WordedNote(note.code, note.severity, dict(note.params), note_text(note, language))


@cache
def _noted_fields(table: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields of a struct that hold notes, or structs with notes."""
    return tuple(name for name, hint in get_type_hints(table).items() if _may_hold_notes(hint))


def _may_hold_notes(hint: Any) -> bool:
    if hint is Note:
        return True
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return bool(_noted_fields(hint))
    return any(map(_may_hold_notes, get_args(hint)))
