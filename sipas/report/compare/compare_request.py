"""The options of a comparison, in addition to those of an estimate."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from sipas.errors import InputError
from sipas.report.request import (
    OPTIONS,
    EstimateRequest,
    Parser,
    once,
    one_of,
    read_fields,
    read_request,
    refuse_unknown,
    text,
)
from sipas.stats.contrasts import Adjustment

Mix = Literal["equal", "own"]
Options = list[tuple[str, str]]


class CompareRequest(msgspec.Struct, frozen=True, kw_only=True):
    """against: `rest`, `whole`, `all-pairs`, a level of the only column, or COLUMN=LEVEL.

    against_round: the same domains in another round. mix: `equal` weights both sides of a comparison to the
    strata that both answered in. None: `rest`; for the answer channel by itself all pairs, at equal mix.
    """

    estimate: EstimateRequest
    against: str | None = None
    against_round: str | None = None
    adjust: Adjustment = "holm"
    mix: Mix | None = None


def read_compare_request(options: Iterable[tuple[str, str]]) -> CompareRequest:
    given = list(options)
    refuse_unknown((name for name, _ in given), [*OPTIONS, *_COMPARE_OPTIONS])
    own, of_estimate = split_comparison(given)
    return compare_request(read_request(of_estimate), own)


def split_comparison(options: Iterable[tuple[str, str]]) -> tuple[Options, Options]:
    """Split options into those of a comparison alone, and all others."""
    own: Options = []
    rest: Options = []
    for name, value in options:
        (own if name.replace("_", "-") in _COMPARE_OPTIONS else rest).append((name, value))
    return own, rest


def compare_request(estimate: EstimateRequest, own: Options) -> CompareRequest:
    request = CompareRequest(estimate=estimate, **read_fields(own, _COMPARE_OPTIONS))
    if request.against is not None and request.against_round is not None:
        raise InputError("against: goes with domains of one round, against-round with two; give one of them")
    if request.against_round is None and not all(estimate.by):
        raise InputError("by: name the columns whose values are to be compared, such as unit")
    if request.against_round is not None:
        _refuse_what_two_rounds_do_not_share(request)
    return request


def _refuse_what_two_rounds_do_not_share(request: CompareRequest) -> None:
    estimate = request.estimate
    if request.against_round == estimate.round:
        raise InputError(f"against-round: {estimate.round} is the round itself; name another one")
    if request.mix == "equal":
        raise InputError("mix: 'equal' compares domains of one round, not two rounds")
    if estimate.period is not None:
        raise InputError("period: lies in one round; leave it out to compare two")
    if estimate.margins is not None:
        raise InputError("margins: belong to one round; leave them out to compare two")
    if any(name == "unit" for name, _ in estimate.where) and not all("unit" in by for by in estimate.by):
        raise InputError("where: a unit can be followed from round to round only with unit among --by")


_COMPARE_OPTIONS: dict[str, Parser] = {
    "against": once(text),
    "against-round": once(text),
    "adjust": one_of(Adjustment),
    "mix": one_of(Mix),
}
