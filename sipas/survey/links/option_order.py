"""The order in which options are shown to one person: as written, reversed, or random."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import OPTION_ORDER, OPTION_ORDERS, Item

_Shown = TypeVar("_Shown")


def order_attributes(instrument: Instrument, seed: bytes) -> dict[str, str]:
    """Return the order as an attribute of the response, for instruments that record it."""
    return {OPTION_ORDER: _order(seed)} if instrument.records_order else {}


def in_order(item: Item, shown: Sequence[_Shown], seed: bytes) -> tuple[_Shown, ...]:
    """Return the item's shown options or points in the order drawn for this respondent.

    An option with a text field, and "not applicable", stay last.
    """
    last = [place for place, option in enumerate(item.options) if option.other]
    moved = [one for place, one in enumerate(shown) if place not in last]
    if item.order == "random":
        Random(seed + item.id.encode()).shuffle(moved)
    elif item.order == "reversed" and _order(seed) == "reversed":
        moved.reverse()
    return *moved, *(shown[place] for place in last)


def _order(seed: bytes) -> str:
    return OPTION_ORDERS[Random(seed + OPTION_ORDER.encode()).random() < 0.5]
