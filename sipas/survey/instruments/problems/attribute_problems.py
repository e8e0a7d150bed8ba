"""Faults of attributes."""

from collections import Counter
from collections.abc import Iterator

from sipas.survey.columns import IMPORT_COLUMNS, RESERVED_COLUMNS
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import OPTION_ORDER

_ATTRIBUTE_VALUES_MAX = 200
_CODE_MAX_CHARACTERS = 64  # of a name or value in a submission


def attribute_problems(instrument: Instrument) -> Iterator[str]:
    taken = {item.id for item in instrument.items()} | RESERVED_COLUMNS | IMPORT_COLUMNS | {OPTION_ORDER}
    for i, times in Counter(one.id for one in instrument.attributes).items():
        if times > 1 or i in taken:
            yield f"attribute {i}: there is another column of this name; name it otherwise"
    for one in instrument.attributes:
        if not 0 < len(one.values) <= _ATTRIBUTE_VALUES_MAX or len(set(one.values)) < len(one.values):
            yield f"attribute {one.id}: values must be 1 to {_ATTRIBUTE_VALUES_MAX} different texts"
        if any(not 0 < len(value) <= _CODE_MAX_CHARACTERS for value in (one.id, *one.values)):
            yield f"attribute {one.id}: names and values have 1 to {_CODE_MAX_CHARACTERS} characters"
