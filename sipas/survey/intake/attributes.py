"""Counted attributes of a response: those that the instrument declares, the round's strata, and the flag.

Terminals may send any attribute. Undeclared ones stay with the response and are not counted: random names and
values would create unlimited cells. Attributes of imported files are all counted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from sipas.queries.catalogue import Round
from sipas.queries.counting import CellKey
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import FLAG, TOO_FAST

_NO_ATTRIBUTES = "{}"


@dataclass(frozen=True)
class CountedAttributes:
    """values: allowed values of each declared attribute. strata: the round's strata, with any value."""

    values: Mapping[str, frozenset[str]]
    strata: frozenset[str]

    def key(self, key: CellKey, *, from_terminal: bool) -> CellKey:
        """Return the key of the response's cell."""
        if not from_terminal or key.attributes == _NO_ATTRIBUTES:
            return key
        return msgspec.structs.replace(key, attributes=self.text(key.attributes))

    def text(self, attributes: str) -> str:
        """Return the attributes in the order and form in which the database writes them."""
        sent: dict[str, str] = json.loads(attributes)
        kept = {name: value for name, value in sent.items() if self.counts(name, value)}
        return json.dumps(kept, ensure_ascii=False)

    def counts(self, name: str, value: str) -> bool:
        is_flag = (name, value) == (FLAG, TOO_FAST)  # set by the service, not by the terminal
        return is_flag or name in self.strata or value in self.values.get(name, ())


def counted_attributes(catalogue: Catalogue, round_: Round) -> CountedAttributes:
    declared = catalogue.instrument_of(round_).all_attributes
    return CountedAttributes({one.id: frozenset(one.values) for one in declared}, frozenset(round_.strata))
