"""Parts of an instrument: scales, options, conditions, items, factors and sections."""

from collections.abc import Iterator
from typing import Literal

import msgspec

Text = dict[str, str]
ItemKind = Literal["rating", "choice", "choices", "yes-no", "number", "text"]
OptionOrder = Literal["as-written", "reversed", "random"]
NUMBER_ANSWER_MAX = 32_767  # a stored answer is a smallint
OTHER_SUFFIX = "_other"  # the text of an option that is marked `other` is the answer ITEM_other
OPTION_ORDER = "option_order"  # the attribute that records whether options were shown reversed
OPTION_ORDERS = ("as-written", "reversed")
MAIN_SCALE = "main"


class AnswerScale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: tuple[int, ...]
    satisfied: int
    labels: dict[str, tuple[str, ...]]
    display: Literal["faces", "stars", "numbers"] = "numbers"


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An option of a choice. other: it asks for a text as well."""

    code: str
    text: Text
    other: bool = False


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Met if the answer to an earlier item is one of the values, or, of several choices, holds one."""

    item: str
    values: tuple[bool | int | str, ...]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question. scale: of a rating; the main scale if empty. not_applicable: None in items outside
    sections, where a submission may say so of every item.
    """

    id: str
    text: Text
    kind: ItemKind = "rating"
    scale: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    not_applicable: bool | None = None
    when: Condition | None = None
    order: OptionOrder = "as-written"
    hint: Text | None = None
    minimum: int = 0
    maximum: int = NUMBER_ANSWER_MAX

    @property
    def other_id(self) -> str | None:
        """Return the key of the text beside the options, if one of them asks for it."""
        return self.id + OTHER_SUFFIX if any(option.other for option in self.options) else None


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: Text
    items: tuple[Item, ...]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Items under one title, then the sections below it.

    parent: another way to write the tree; sections that were read have none. about_person: its choice
    items become attributes of the response. when: holds for all that is in it.
    """

    id: str
    title: Text
    intro: Text | None = None
    parent: str | None = None
    about_person: bool = False
    when: Condition | None = None
    items: tuple[Item, ...] = ()
    sections: "tuple[Section, ...]" = ()

    def tree(self) -> "Iterator[Section]":
        """Yield this section and all below it, in the order of the form."""
        yield self
        for section in self.sections:
            yield from section.tree()

    def all_items(self) -> Iterator[Item]:
        for section in self.tree():
            yield from section.items


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property of responses besides place and time. values: the values that are counted."""

    id: str
    values: tuple[str, ...]


def nested(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return the sections with each one that names a parent below it, after those written there.

    Sections whose parent is unknown, or stands below them, keep its name.
    """
    below: dict[str, list[Section]] = {}
    for section in sections:
        if section.parent:
            below.setdefault(section.parent, []).append(section)
    placed: set[str] = set()

    def with_children(section: Section) -> Section:
        children = [msgspec.structs.replace(child, parent=None) for child in below.pop(section.id, ())]
        placed.update(child.id for child in children)
        return msgspec.structs.replace(
            section, sections=tuple(map(with_children, (*section.sections, *children)))
        )

    roots = [with_children(section) for section in sections if not section.parent]
    return *roots, *(one for one in sections if one.parent and one.id not in placed)
