"""Which attributes of a response count: what an instrument declares, a round's strata, and the flag.

A terminal may send any; what is not declared stays with the response and makes no cells, which random names
and values would multiply without end. What a file brings was chosen by who imported it, and counts whole.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from sipas.queries.catalogue import Round
from sipas.queries.counting import CellKey
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import FLAG, TOO_FAST

NONE = "{}"


@dataclass(frozen=True)
class CountedAttributes:
    """values: that each declared attribute may have. strata: of the round, which may have any."""

    values: Mapping[str, frozenset[str]]
    strata: frozenset[str]

    def key(self, key: CellKey, *, from_terminal: bool) -> CellKey:
        """That of the response's cell."""
        if not from_terminal or key.attributes == NONE:
            return key
        return msgspec.structs.replace(key, attributes=self.text(key.attributes))

    def text(self, attributes: str) -> str:
        """In the order and the form in which the database writes it."""
        sent: dict[str, str] = json.loads(attributes)
        kept = {name: value for name, value in sent.items() if self.counts(name, value)}
        return json.dumps(kept, ensure_ascii=False)

    def counts(self, name: str, value: str) -> bool:
        is_flag = (name, value) == (FLAG, TOO_FAST)  # set by the service, not by the terminal
        return is_flag or name in self.strata or value in self.values.get(name, ())


def counted_attributes(catalogue: Catalogue, round_: Round) -> CountedAttributes:
    declared = catalogue.instrument_of(round_).attributes
    return CountedAttributes({one.id: frozenset(one.values) for one in declared}, frozenset(round_.strata))
