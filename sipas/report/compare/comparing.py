"""Which domains a comparison holds against which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from sipas.errors import InputError
from sipas.report.compare.compare_request import CompareRequest
from sipas.report.compare.compare_table import DomainLevels
from sipas.report.indices.indices import Prepared, level_order
from sipas.report.sources.levels import some_levels
from sipas.stats import Column, Measure
from sipas.stats.contrasts import Against, Joint, Pairs
from sipas.stats.notes import Note

DomainPlaces = NDArray[np.int64]
MOST_PAIRS = 20_000
MOST_DOMAINS = 2_400  # every two of them have a covariance
ALL_PAIRS = "all-pairs"


@dataclass(frozen=True)
class Compared:
    """Comparisons of one measure, a family. covered and notes: one for each; covered None for all of it."""

    by: Sequence[DomainLevels]
    against: Sequence[DomainLevels]
    pairs: Pairs
    covered: Sequence[float] | None = None
    notes: Sequence[Sequence[Note]] | None = None


def compare_domains(
    request: CompareRequest, prepared: Prepared, measure: Measure, by: Sequence[str]
) -> Compared:
    """Domains of one round with one another."""
    against = default_against(request, prepared, by)
    if is_mixed_equally(request, prepared, by):
        return _at_same_mix(against, prepared, measure, by)
    refuse_too_many(count_domains(prepared, by), all_pairs=against == ALL_PAIRS)
    for everyone in get_args(Against):
        if against == everyone:
            options = prepared.request.options
            joint, pairs = prepared.design.engine.against_all(measure, by, everyone, options)
            return Compared(keys(joint.by, len(joint)), [{}] * len(joint), pairs)
    joint = joint_of(prepared, measure, by)
    domains = keys(joint.by, len(joint))
    first, second, partners = _paired(against, domains, by)
    return Compared([domains[place] for place in first.tolist()], partners, joint.pairs(first, second))


def joint_of(prepared: Prepared, measure: Measure, by: Sequence[str]) -> Joint:
    """Estimates of all domains, with their covariances."""
    refuse_too_many(count_domains(prepared, by))
    return prepared.design.engine.joint(measure, by, replace(prepared.request.options, fpc=False))


def count_domains(prepared: Prepared, by: Sequence[str]) -> int:
    return prepared.design.engine.count_domains(by)


def refuse_too_many(domains: int, *, all_pairs: bool = False) -> None:
    """Before any covariance is made: a table of them grows with the square of the domains."""
    if domains > MOST_DOMAINS:
        raise InputError(
            f"by: these are {domains:,} domains, more than {MOST_DOMAINS:,}; choose some with where, or name"
            " fewer columns"
        )
    if all_pairs and (number := domains * (domains - 1) // 2) > MOST_PAIRS:
        raise InputError(
            f"against: all pairs of {domains} domains are {number:,}, more than {MOST_PAIRS:,}; choose some"
            " domains with where, or compare each with the rest"
        )


def default_against(request: CompareRequest, prepared: Prepared, by: Sequence[str]) -> str:
    if request.against is not None:
        return request.against
    return ALL_PAIRS if request.mix == "equal" or _is_answer_channel(prepared, by) else "rest"


def _is_answer_channel(prepared: Prepared, by: Sequence[str]) -> bool:
    return tuple(by) == ("channel",) and prepared.source.walk_up() is not None


def is_mixed_equally(request: CompareRequest, prepared: Prepared, by: Sequence[str]) -> bool:
    """Unless told: where answer channels are compared with each other."""
    against_one = default_against(request, prepared, by) not in get_args(Against)
    if request.mix == "equal" and not (len(by) == 1 and against_one):
        raise InputError(
            "mix: 'equal' compares the values of one column, two at a time; name one with by, and against"
            " all-pairs or a value"
        )
    return request.mix == "equal" or (
        request.mix is None and against_one and _is_answer_channel(prepared, by)
    )


def _at_same_mix(against: str, prepared: Prepared, measure: Measure, by: Sequence[str]) -> Compared:
    source, (column,) = prepared.source, by
    where = source.where(prepared.request)
    told = source.cells.column(column) if where is None else source.cells.column(column).select(where)
    answered = [told.levels[code] for code in np.unique(told.codes[told.codes >= 0]).tolist()]
    first, _, partners = _paired(against, [{column: level} for level in answered], by)
    if not len(first):
        raise InputError(f"by: all responses have the same {column}; there is nothing to compare")
    levels = [
        (answered[one], str(other[column])) for one, other in zip(first.tolist(), partners, strict=True)
    ]
    found = prepared.design.engine.standardized(measure, column, levels, prepared.request.options)
    return Compared(
        [{column: one} for one, _ in levels], partners, found.pairs, found.covered.tolist(), found.notes
    )


def keys(by: Mapping[str, Column], count: int) -> list[DomainLevels]:
    """The level of each column, of each domain."""
    labels = [column.labels() for column in by.values()]
    return [{name: of[place] for name, of in zip(by, labels, strict=True)} for place in range(count)]


def _paired(
    against: str, domains: Sequence[DomainLevels], by: Sequence[str]
) -> tuple[DomainPlaces, DomainPlaces, Sequence[DomainLevels]]:
    """Return the places of both sides and the keys of the second; -1 marks a domain that does not exist."""
    order = sorted(range(len(domains)), key=lambda place: level_order(domains[place]))
    if against == ALL_PAIRS:
        refuse_too_many(len(domains), all_pairs=True)
        pairs = list(combinations(order, 2))
        partners = [domains[second] for _, second in pairs]
    else:
        column, level = reference(against, by, domains)
        place = {tuple(domain.values()): n for n, domain in enumerate(domains)}
        others = [n for n in order if domains[n][column] != level]
        partners = [{**domains[n], column: level} for n in others]
        pairs = [
            (n, place.get(tuple(partner.values()), -1)) for n, partner in zip(others, partners, strict=True)
        ]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return first, second, partners


def reference(against: str, by: Sequence[str], domains: Sequence[DomainLevels]) -> tuple[str, str]:
    """The column and its level that every domain is compared with."""
    column, equals, level = (part.strip() for part in against.partition("="))
    if not equals:
        if len(by) != 1:
            raise InputError(
                f"against: {against!r} is not one of rest, whole, all-pairs; by more than one column say"
                " COLUMN=VALUE"
            )
        column, level = by[0], against
    if column not in by:
        raise InputError(f"against: {column} is not among the columns compared: {', '.join(by)}")
    known = {str(domain[column]) for domain in domains if domain[column] is not None}
    if level not in known:
        raise InputError(f"against: there is no {column}={level}; there are {some_levels(known)}")
    return column, level
