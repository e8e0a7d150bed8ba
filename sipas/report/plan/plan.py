"""A request and a frame joined to a plan: whom to invite, and the margin to expect of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sipas.errors import InputError
from sipas.report.indices.indices import finite_or_none
from sipas.report.plan.pilot import Pilot
from sipas.report.plan.plan_frame import PlanFrame
from sipas.report.plan.plan_request import PlanRequest
from sipas.report.plan.plan_table import PlanAssumptions, PlanPart, PlanRow, PlanTable
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.grouping import added
from sipas.stats.notes import NO_TRANSACTIONS, PILOT_SHARES, PILOT_UNKNOWN, TOO_FEW_TRANSACTIONS, Note
from sipas.stats.planning import (
    allocate,
    invitations,
    reach_margin,
    sample_sizes,
    slovin,
    stratified_margins,
)
from sipas.vietnamese import sort_key

_MARGIN_ROUNDING = 1e-9


@dataclass(frozen=True)
class Planned:
    """By stratum: the expected share and deviation, and what is to be had of it."""

    request: PlanRequest
    frame: PlanFrame
    share: FloatArray
    deviation: FloatArray
    responses: IntArray
    invitations: IntArray

    @property
    def expected(self) -> FloatArray:
        """The responses that the invitations should bring."""
        return np.multiply(self.invitations, self.request.response_rate, dtype=np.float64)


def plan_table(request: PlanRequest, frame: PlanFrame, pilot: Pilot | None = None) -> PlanTable:
    share, notes = _expected_shares(request, frame, pilot)
    planned = _plan(request, frame, share)
    names = tuple(frame.columns)
    return PlanTable(
        source=frame.source,
        by=list(frame.by),
        strata=list(names),
        assumptions=_assumptions(request),
        notes=notes,
        rows=[
            *_rows_of(planned, "whole", ()),
            *(_rows_of(planned, "domain", frame.by) if frame.by else ()),
            *_rows_of(planned, "stratum", names),
        ],
    )


def _assumptions(request: PlanRequest) -> PlanAssumptions:
    return PlanAssumptions(**{name: getattr(request, name) for name in PlanAssumptions.__struct_fields__})


def _expected_shares(
    request: PlanRequest, frame: PlanFrame, pilot: Pilot | None
) -> tuple[FloatArray, list[Note]]:
    """By stratum what the pilot found, elsewhere the share asked for; and how often that was."""
    strata = len(frame.population)
    if pilot is None:
        return np.full(strata, request.share), []
    _, names = frame.groups(tuple(frame.columns))
    found = [pilot.share(by) for by in names]
    unknown = found.count(None)
    if unknown == strata:
        raise InputError(f"{pilot.file}: by {', '.join(pilot.columns)} it knows none of the plan's strata")
    notes = [PILOT_SHARES(file=pilot.file, by=tuple(pilot.columns))]
    if unknown:
        notes.append(PILOT_UNKNOWN(share=float(request.share), strata=unknown))
    return np.array([request.share if share is None else share for share in found], np.float64), notes


def _plan(request: PlanRequest, frame: PlanFrame, share: FloatArray) -> Planned:
    domain, names = frame.groups(frame.by)
    size = added(domain, frame.population, len(names))[domain]
    # N / (N − 1) of the domain: a stratum's own share varies around what is expected of it.
    deviation = np.sqrt(share * (1 - share) * size / np.maximum(size - 1, 1))
    if request.total is None:
        responses = _reach_each(request, frame.population, deviation, domain)
    else:
        responses = _spread_total(request, request.total, frame.population, deviation)
    invited = invitations(responses, frame.population, request.response_rate)
    return Planned(request, frame, share, deviation, responses, invited)


def _reach_each(
    request: PlanRequest, population: IntArray, deviation: FloatArray, domain: IntArray
) -> IntArray:
    """Each domain reaches the margin by itself."""
    responses, margin = np.zeros(len(population), np.int64), request.margin or 0.0
    order = np.argsort(domain, kind="stable")
    for strata in np.split(order, np.flatnonzero(np.diff(domain[order])) + 1):
        responses[strata] = reach_margin(population[strata], deviation[strata], margin, request.conditions)
    return responses


def _spread_total(request: PlanRequest, total: int, population: IntArray, deviation: FloatArray) -> IntArray:
    conditions = request.conditions
    return allocate(
        total,
        population,
        conditions.method,
        deviation=deviation,
        minimum=conditions.minimum,
        most=conditions.most(population),
    )


def _rows_of(planned: Planned, part: PlanPart, names: Sequence[str]) -> Iterator[PlanRow]:
    """A row for each combination of the columns, in Vietnamese order."""
    group, by = planned.frame.groups(names)
    rows = list(_group_rows(planned, part, group, by))
    yield from sorted(rows, key=lambda row: [sort_key(level or "") for level in row.by.values()])


def _group_rows(
    planned: Planned, part: PlanPart, group: IntArray, by: list[dict[str, str | None]]
) -> Iterator[PlanRow]:
    request, population = planned.request, planned.frame.population
    size = added(group, population, len(by))
    share = np.full(len(by), request.share)
    np.divide(np.bincount(group, population * planned.share, len(by)), size, out=share, where=size > 0)
    responses, invited = (added(group, v, len(by)) for v in (planned.responses, planned.invitations))
    expected = np.bincount(group, planned.expected, len(by))
    margin = stratified_margins(
        population, planned.expected, planned.deviation, group, level=request.level, deff=request.deff
    )
    simple, by_slovin = _textbook_sizes(request, size, share)
    for place, name in enumerate(by):
        yield PlanRow(
            by=name,
            part=part,
            population=int(size[place]),
            share=finite_or_none(share[place]) if size[place] else None,
            responses=int(responses[place]),
            invitations=int(invited[place]),
            expected=round(float(expected[place]), 6),
            margin=finite_or_none(margin[place]),
            simple_random=simple[place],
            slovin=by_slovin[place],
            notes=_notes_of(part, request, int(size[place]), float(margin[place])),
        )


def _textbook_sizes(
    request: PlanRequest, size: IntArray, share: FloatArray
) -> tuple[list[int | None], list[int | None]]:
    """Without strata: by the formula of a simple random sample, and by Slovin's."""
    if request.margin is None:
        return [None] * len(size), [None] * len(size)
    simple = sample_sizes(size, request.margin, share, level=request.level, deff=request.deff)
    return simple.tolist(), slovin(size, request.margin).tolist()


def _notes_of(part: PlanPart, request: PlanRequest, size: int, margin: float) -> list[Note]:
    if not size:
        return [NO_TRANSACTIONS]
    short = request.margin is not None and margin > request.margin * (1 + _MARGIN_ROUNDING)
    return [TOO_FEW_TRANSACTIONS] if part != "stratum" and short else []
