"""Answer columns: what each number of a stored answer holds."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sipas.survey.instruments.items import Item, ItemKind


class AnswerColumn(NamedTuple):
    """id: the item's, or `ITEM.OPTION` for an option of several choices."""

    id: str
    item: str
    kind: ItemKind
    option: str | None = None


def option_id(item: str, option: str) -> str:
    return f"{item}.{option}"


def columns_of(items: Iterable[Item], about_person: frozenset[str]) -> Iterator[AnswerColumn]:
    """Yield the columns in instrument order. Texts and answers about the person have none."""
    for item in items:
        if item.kind == "text" or item.id in about_person:
            continue
        if item.kind == "choices":
            for option in item.options:
                yield AnswerColumn(option_id(item.id, option.code), item.id, item.kind, option.code)
        else:
            yield AnswerColumn(item.id, item.id, item.kind)
