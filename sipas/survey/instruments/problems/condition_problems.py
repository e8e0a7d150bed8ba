"""Faults of conditions: unknown items and values, cycles, and references to later items."""

from collections.abc import Iterator

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Condition, Item


def condition_problems(instrument: Instrument) -> Iterator[str]:
    items = instrument.items_by_id
    order = {item: place for place, item in enumerate(items)}
    cycles = list(_cycles(instrument))
    for cycle in cycles:
        yield f"the conditions of {', '.join(cycle)} form a cycle: each is shown only after the other"
    in_cycles = {item for cycle in cycles for item in cycle}
    for item, when, place in _conditions(instrument):
        if when.item not in items:
            yield f"{place}: its condition names {when.item!r}, which is no item"
        elif item in in_cycles:
            continue
        elif order[when.item] >= order[item]:
            yield f"{place}: its condition names {when.item}, which comes later; name an earlier item"
        else:
            yield from (f"{place}: {fault}" for fault in _value_faults(instrument, items[when.item], when))


def _conditions(instrument: Instrument) -> Iterator[tuple[str, Condition, str]]:
    """Yield each condition with the first item that it holds for and the place where it is written."""
    for item in instrument.items():
        if item.when:
            yield item.id, item.when, f"item {item.id}"
    for section in instrument.all_sections:
        first = next(section.all_items(), None)
        if section.when and first:
            yield first.id, section.when, f"section {section.id}"


def _value_faults(instrument: Instrument, item: Item, when: Condition) -> Iterator[str]:
    allowed = _allowed(instrument, item)
    if not when.values:
        yield f"its condition on {item.id} has no values"
    elif allowed is None:
        yield f"its condition names {item.id}, whose kind is text; name a choice, a rating or a number"
    else:
        for value in when.values:
            if (type(value), value) not in allowed:
                yield f"its condition names the value {value!r}, which {item.id} does not have"


def _allowed(instrument: Instrument, item: Item) -> set[tuple[type, object]] | None:
    """Return the values that a condition may name, with their types: true is not 1."""
    if item.kind == "text":
        return None
    if item.kind == "yes-no":
        return {(bool, True), (bool, False)}
    if item.kind in ("choice", "choices"):
        return {(str, option.code) for option in item.options}
    if item.kind == "number":
        return {(int, number) for number in range(item.minimum, item.maximum + 1)}
    known = not item.scale or item.scale in instrument.named_scales
    return {(int, point) for point in instrument.scale_of(item).points} if known else set()


def _cycles(instrument: Instrument) -> Iterator[tuple[str, ...]]:
    """Yield each cycle once, from its first item on."""
    conditions = instrument.conditions
    known: set[str] = set()
    for start in conditions:
        path, one = [start], start
        stack = [(start, [start])]
        while stack:
            one, path = stack.pop()
            for when in conditions.get(one, ()):
                if when.item == start and not known & set(path):
                    known.update(path)
                    yield tuple(path)
                elif when.item not in path:
                    stack.append((when.item, [*path, when.item]))
