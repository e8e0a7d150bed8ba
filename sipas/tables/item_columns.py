"""Items against the columns of a file: each item needs a column, or to be declared as not asked."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sipas.tables.names import letters_and_numbers, quoted, same_name

_NAMES_IN_MESSAGES = 12  # names in a message
_LETTERS_IN_COMMON = 0.8  # share of letters in common, by difflib


@dataclass(frozen=True)
class ItemColumns:
    """The columns that a header should have. known: those that are no items. without: items not asked."""

    items: Sequence[str]
    known: Collection[str] = ()
    without: Collection[str] = ()

    def missing(self, header: Sequence[str], needed: Collection[str]) -> tuple[str, ...]:
        """Return the needed items that have no column and are not declared as not asked."""
        declared = {*header, *self.without}
        return tuple(item for item in self.items if item in needed and item not in declared)

    def others(self, header: Sequence[str]) -> tuple[str, ...]:
        """Columns that are neither items nor known."""
        return tuple(name for name in header if name not in self.items and name not in self.known)

    def problem(self, header: Sequence[str], needed: Collection[str]) -> str | None:
        """Columns that look like items which lack theirs, and declarations that do not fit the header."""
        for item in self.without:
            if item not in self.items:
                return f"--without {item}: there is no such item; the items are {some_names(self.items)}"
            if item in header:
                return f"--without {item}: the file has a column {item}; leave the option out"
        missing, others = self.missing(header, needed), self.others(header)
        for item, column in self._twice(header, others):
            twice = f"columns {item} and {column} differ in capitals only"
            return f"{twice}; delete or rename the one that is no item"
        alike = look_alikes(missing, others)
        return _described(missing, alike) if alike else None

    def _twice(self, header: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Items with a column, and another column of that name in other capitals."""
        items = {item.casefold(): item for item in self.items if item in header}
        return ((items[name.casefold()], name) for name in others if name.casefold() in items)


def _described(missing: Sequence[str], alike: Mapping[str, str]) -> str:
    found = list(alike.values())
    like = f"column{_s(found)} {some_names(found)} look{'' if found[1:] else 's'} like {_them(found)}"
    options = " ".join(quoted_map(item, column) for item, column in alike.items())
    declare = f"--without {','.join(missing)} where {'they were' if missing[1:] else 'it was'} not asked"
    return (
        f"there is no column for item{_s(missing)} {some_names(missing)}, and {like};"
        f" add {options}, or {declare}"
    )


def quoted_map(ours: str, theirs: str) -> str:
    return f"--map {quoted(f'{ours}={theirs}')}"


def _s(names: Sequence[str]) -> str:
    return "s" if len(names) > 1 else ""


def _them(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"


def some_names(names: Sequence[str]) -> str:
    rest = len(names) - _NAMES_IN_MESSAGES
    return ", ".join(names[:_NAMES_IN_MESSAGES]) + (f" and {rest} more" if rest > 0 else "")


def look_alikes(names: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """For each name the column that looks most like it, where one does; no column twice."""
    found: dict[str, str] = {}
    for is_alike in (same_name, _is_part, _is_near):
        for name in names:
            free = [column for column in columns if column not in found.values()]
            column = next((column for column in free if is_alike(name, column)), None)
            if name not in found and column is not None:
                found[name] = column
    return {name: found[name] for name in names if name in found}


def _is_part(name: str, column: str) -> bool:
    """`q2_1`, `q2. Thái độ`, `group/q2`, `q2[SQ001]`."""
    boundary = r"[\W_]"
    pattern = rf"(.*{boundary})?{re.escape(name)}({boundary}.*)?"
    return re.fullmatch(pattern, column, re.IGNORECASE | re.DOTALL) is not None


def _is_near(name: str, column: str) -> bool:
    """The same numbers, and in words of three letters and more one letter or a few wrong."""
    ours, our_numbers = letters_and_numbers(name)
    theirs, their_numbers = letters_and_numbers(column)
    if our_numbers != their_numbers or len(ours) < 3:
        return False
    return _differ_in_one(ours, theirs) or SequenceMatcher(None, ours, theirs).ratio() >= _LETTERS_IN_COMMON


def _differ_in_one(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(other) - len(one) == 1:
        return one[start:] == other[start + 1 :]
    exchanged = one[start + 1 : start + 2] + one[start : start + 1] + one[start + 2 :]
    return len(one) == len(other) and (one[start + 1 :] == other[start + 1 :] or exchanged == other[start:])
