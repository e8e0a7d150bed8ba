"""Faults of ids."""

import re
from collections import Counter
from collections.abc import Iterator

from sipas.survey.columns import IMPORT_COLUMNS, RESERVED_COLUMNS
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import OPTION_ORDER, OTHER_SUFFIX

_ID = re.compile(r"[a-z][a-z0-9_-]*")
_ITEM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")  # also a column of files, as survey tools name it


def id_problems(instrument: Instrument) -> Iterator[str]:
    """Check ids. Items, factors and sections share one list of ids because a step asks any of them; item
    ids are columns of files too.
    """
    items = [item.id for item in instrument.items()]
    others = [item.other_id for item in instrument.items() if item.other_id]
    groups = [group.id for group in instrument.groups]
    forms = [form.id for form in instrument.forms]
    indices = [definition.id for definition in instrument.indices]
    lists = ((items + groups, ""), (forms, " of a form"), (indices, " of an index"))
    for ids, what in lists:
        yield from (f"the id {i!r}{what} stands more than once" for i, n in Counter(ids).items() if n > 1)
    for other in sorted(set(others) & {*items, *groups}):
        item = other.removesuffix(OTHER_SUFFIX)
        yield f"the id {other!r} is also the key of the text beside an option of {item}"
    yield from _capital_problems(items + groups)
    yield from _spelling_problems(items + groups, [instrument.id, *forms, *indices])
    for i in dict.fromkeys(items):
        if i.lower() in RESERVED_COLUMNS | IMPORT_COLUMNS | {OPTION_ORDER}:
            yield f"the id {i!r} of an item is the name of a column that files of responses have anyway"
    for section in instrument.sections:
        if section.parent:
            yield f"section {section.id}: parent {section.parent!r} is no section above it"


def _capital_problems(ids: list[str]) -> Iterator[str]:
    """Check that ids differ by more than capitals: they are columns of files."""
    known: dict[str, str] = {}
    for i in dict.fromkeys(ids):
        other = known.setdefault(i.lower(), i)
        if other != i:
            yield f"the ids {other!r} and {i!r} differ by capitals alone"


def _spelling_problems(asked: list[str], named: list[str]) -> Iterator[str]:
    for i in dict.fromkeys(named):
        if not _ID.fullmatch(i):
            yield f"the id {i!r} must be a small letter, then small letters, digits, _ or -"
    for i in dict.fromkeys(asked):
        if not _ITEM_ID.fullmatch(i):
            yield f"the id {i!r} must be a letter from a to z, then such letters, digits, _ or -"
