"""An old round by today's units: across mergers and splits of units, through their succession."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.columns import Column, cross, recode, united
from sipas.stats.contrasts.domain_unions import DomainUnions, Joint, join_parts
from sipas.stats.contrasts.totals import find_totals
from sipas.stats.estimates.domains import Domains, find_domains
from sipas.stats.estimates.measures import Measure
from sipas.stats.grouping import added
from sipas.stats.listing import listing
from sipas.stats.notes import Note
from sipas.stats.options import OPTIONS_WITHOUT_FPC, Options
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting

_ROUNDING_OF_WRITTEN_SHARES = 1e-6  # shares written with a few digits may sum to a little more than 1


@dataclass(frozen=True)
class UnitCrosswalk:
    """Into which units old ones went, one row a pair.

    Parameters
    ----------
    old, new : Column
    share : float64[rows]
        Of the old unit's work; NaN where it is not known.

    Raises
    ------
    StatisticsError
        A missing unit, a pair given twice, a share outside (0, 1], or shares of an old unit that
        sum to more than 1.
    """

    old: Column
    new: Column
    share: FloatArray

    def __post_init__(self) -> None:
        if not len(self.old) == len(self.new) == len(self.share):
            raise StatisticsError("a succession has an old unit, a new one and a share in every row")
        if (self.old.codes < 0).any() or (self.new.codes < 0).any():
            row = int(np.argmax((self.old.codes < 0) | (self.new.codes < 0)))
            raise StatisticsError(f"succession, row {row + 1}: there is no unit")
        wrong = ~np.isnan(self.share) & ~((self.share > 0) & (self.share <= 1))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise StatisticsError(
                f"succession, row {row + 1}: the share is {self.share[row]:g}; it must be more than 0 and"
                " at most 1"
            )
        pairs = self.old.codes.astype(np.int64) * len(self.new.levels) + self.new.codes
        _, first, times = np.unique(pairs, return_index=True, return_counts=True)
        if (times > 1).any():
            row = int(first[np.argmax(times > 1)])
            raise StatisticsError(f"succession, row {row + 1}: the same two units stand in a later row too")
        sums = np.bincount(self.old.codes, np.nan_to_num(self.share), len(self.old.levels))
        if (sums > 1 + _ROUNDING_OF_WRITTEN_SHARES).any():
            over = [self.old.levels[code] for code in np.flatnonzero(sums > 1 + _ROUNDING_OF_WRITTEN_SHARES)]
            raise StatisticsError(f"succession: the shares of {listing(over)} sum to more than 1")

    def known_share(self) -> FloatArray:
        """float64[rows]: a unit with one successor went there whole, unless a share says otherwise."""
        alone = np.bincount(self.old.codes, minlength=len(self.old.levels))[self.old.codes] == 1
        return np.where(np.isnan(self.share) & alone, 1.0, self.share)


@dataclass(frozen=True)
class Mapped:
    """An earlier round estimated for today's units.

    Parameters
    ----------
    joint : Joint
        Estimates of the domains of today's units. Two that share an old unit have a covariance.
    coverage : float64[domains]
        The share of each domain's transactions (Σ w if there is no frame) whose old unit has an
        estimate; NaN if it is unknown.
    mapped : float
        The share of the whole old frame that the estimates cover.
    notes : tuple of tuple of Note
        For each domain.
    """

    joint: Joint
    coverage: FloatArray
    mapped: float
    notes: tuple[tuple[Note, ...], ...]


def estimate_successors(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str],
    unit: str,
    crosswalk: UnitCrosswalk,
    options: Options = OPTIONS_WITHOUT_FPC,
) -> Mapped:
    """Estimate an earlier round for today's units, after mergers and splits of units.

    If a share s_on of old unit o went into new unit n, each response of o counts in n with s_on
    times its weight. For a ratio of totals
    R_n = Σ_o s_on Y_o / Σ_o s_on X_o and Cov(R_n, R_m) = Σ_o Σ_p s_on s_pm g_n' Cov(T_o, T_p) g_m,
    with T = (Y, X) and g_n = (1, −R_n) / Σ_o s_on X_o. If no unit was split, this equals the
    estimate from responses with recoded units. If a unit was split, it assumes that the ratio was
    the same in all of its parts. With post-stratified weights X_o is N_o times the share of people
    who answer: old units count by their transactions.

    A unit with a single successor went to it as a whole. If a unit has several successors and their
    shares are unknown, none of them has an estimate. A unit that the crosswalk lacks is unchanged.

    Parameters
    ----------
    by : sequence of str
        Columns of the domains, `unit` included.
    unit : str
        The column of units that the crosswalk maps.
    crosswalk : UnitCrosswalk
        Units that did not change need not be in it.
    sample, measure, options
        As in `sipas.stats.contrasts.estimate_jointly`.

    Returns
    -------
    Mapped

    Raises
    ------
    StatisticsError
        `unit` is not in `by`, or the reasons of `estimate_jointly`.
    """
    if unit not in by:
        raise StatisticsError(f"{unit!r} must be among the columns that make the domains")
    domains, weighting = find_domains(sample, by), sample.weighting
    flow = _flows(domains, unit, crosswalk)
    totals = find_totals(sample, (measure,), domains, options)
    base = np.zeros(flow.count, dtype=np.int64)
    joint = join_parts(totals, DomainUnions(flow.membership(domains.count), base, flow.by))
    population = _transactions(weighting, domains, totals.bases[0].sums.population)
    estimated = _joint_has_estimate(
        totals.total, totals.shares(totals.total, np.zeros(domains.count, dtype=np.int64))
    )
    coverage, mapped = flow.covered(population, estimated)
    unknown = flow.unknown()
    joint = _without(joint, unknown)
    partly = ~unknown & (coverage < 1)
    return Mapped(
        joint=joint,
        coverage=np.where(unknown, np.nan, coverage),
        mapped=mapped,
        notes=tuple(
            (*((notes.SHARES_UNKNOWN,) if lost else ()), *((notes.PARTLY_MAPPED,) if part else ()))
            for lost, part in zip(unknown.tolist(), partly.tolist(), strict=True)
        ),
    )


@dataclass(frozen=True)
class _Flows:
    """From which domain of the old units into which of today's, one row a flow.

    Parameters
    ----------
    old, new : int64[flows]
    share : float64[flows]
        NaN where it is not known.
    count : int
        How many domains of today's units there are.
    by : mapping of str to Column
        Their key.
    """

    old: IntArray
    new: IntArray
    share: FloatArray
    count: int
    by: dict[str, Column]

    def membership(self, domains: int) -> scipy.sparse.csr_array:
        known = np.nan_to_num(self.share)
        return scipy.sparse.csr_array((known, (self.new, self.old)), shape=(self.count, domains))

    def unknown(self) -> BoolArray:
        """bool[new domains]: those that something of unknown size went into."""
        lost = np.zeros(self.count, dtype=np.bool_)
        lost[self.new[np.isnan(self.share)]] = True
        return lost

    def covered(self, population: FloatArray, estimated: BoolArray) -> tuple[FloatArray, float]:
        """The part of each new domain's transactions that has an estimate, and of all that there were."""
        size = np.nan_to_num(self.share) * population[self.old]
        heard = np.where(estimated[self.old] & ~self.unknown()[self.new], size, 0.0)
        of_new, heard_of_new = (np.bincount(self.new, part, self.count) for part in (size, heard))
        part = np.divide(heard_of_new, of_new, out=np.full(self.count, np.nan), where=of_new > 0)
        return part, float(heard.sum() / population.sum()) if population.sum() > 0 else 0.0


def _flows(domains: Domains, unit: str, crosswalk: UnitCrosswalk) -> _Flows:
    """Every domain's flows: to the successors of its unit, or to itself where it has none."""
    own = domains.by[unit]
    named = united([own, crosswalk.old, crosswalk.new])
    place = {level: code for code, level in enumerate(named.levels)}
    old_of_row, new_of_row = recode(crosswalk.old, place), recode(crosswalk.new, place)
    unit_of_domain = recode(own, place)
    domain, row = np.nonzero(unit_of_domain[:, None] == old_of_row)
    stays = np.flatnonzero(~np.isin(unit_of_domain, old_of_row))
    old = np.concatenate([domain, stays])
    today = np.concatenate([new_of_row[row], unit_of_domain[stays]])
    columns = {name: column.select(old) for name, column in domains.by.items()}
    columns[unit] = Column(today, named.levels)
    crossed = cross(list(columns.values()), len(old))
    keys = zip(columns.items(), crossed.keys, strict=True)
    return _Flows(
        old=old,
        new=crossed.code,
        share=np.concatenate([crosswalk.known_share()[row], np.ones(len(stays))]),
        count=crossed.count,
        by={name: Column(codes, column.levels) for (name, column), codes in keys},
    )


def _transactions(weighting: Weighting, domains: Domains, represented: FloatArray) -> FloatArray:
    """float64[domains]: of the frame, where it has the columns; else what the weights stand for."""
    frame = weighting.frame
    if frame is None or not set(domains.by) <= set(frame.columns):
        return represented
    both = [united([column, frame.columns[name]]) for name, column in domains.by.items()]
    crossed = cross(both, domains.count + len(frame))
    counts = added(crossed.code[domains.count :], frame.counts, crossed.count)
    return counts[crossed.code[: domains.count]].astype(np.float64)


def _joint_has_estimate(total: FloatArray, shares: FloatArray) -> BoolArray:
    """bool[domains]: where every ratio that counts has a denominator."""
    denominators = total[:, shares.shape[1] :]
    return np.asarray(((denominators > 0) | (shares == 0)).all(axis=1) & (shares > 0).any(axis=1))


def _without(joint: Joint, lost: BoolArray) -> Joint:
    """Estimates that are not known are NaN, and reliable they are not."""
    covariance = joint.covariance.copy()
    covariance[lost], covariance[:, lost] = np.nan, np.nan
    return replace(joint, side=joint.side.without(lost), covariance=covariance)
