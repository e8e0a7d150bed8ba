"""Counted attributes of a response: those that the instrument declares, the round's strata, and the flag.

Terminals may send any attribute. Undeclared ones stay with the response and are not counted: random names and
values would create unlimited columns. Attributes of imported files are all counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sipas.queries.catalogue import Round
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import FLAG, TOO_FAST


@dataclass(frozen=True)
class CountedAttributes:
    """values: allowed values of each declared attribute. strata: the round's strata, with any value."""

    values: Mapping[str, frozenset[str]]
    strata: frozenset[str]

    def kept(self, sent: Mapping[str, str], *, from_terminal: bool) -> dict[str, str]:
        """Return the attributes of a response that are counted."""
        if not from_terminal:
            return dict(sent)
        return {name: value for name, value in sent.items() if self.counts(name, value)}

    def counts(self, name: str, value: str) -> bool:
        is_flag = (name, value) == (FLAG, TOO_FAST)  # set by the service, not by the terminal
        return is_flag or name in self.strata or value in self.values.get(name, ())


def counted_attributes(catalogue: Catalogue, round_: Round) -> CountedAttributes:
    declared = catalogue.instrument_of(round_).all_attributes
    return CountedAttributes({one.id: frozenset(one.values) for one in declared}, frozenset(round_.strata))
