"""Rounds side by side: then a round is a column like any other."""

from collections.abc import Mapping

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.columns import Column, cross, united
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.contrasts.estimate_sets import Pairs, concatenated
from sipas.stats.options import Statistic


def stack_rounds(rounds: Mapping[str, Joint], column: str = "round") -> Joint:
    """The domains of several rounds as those of one, with the round as their first column.

    Rounds are samples of their own: they share no stratum, so that estimates of different rounds do
    not vary together, and the respondents and strata of two rounds add up. Each round keeps its
    weights, frame and instrument; the measure must mean the same in all of them.

    Parameters
    ----------
    rounds : mapping of str to Joint
        Of the same measure and statistic by the same columns.
    column : str

    Returns
    -------
    Joint
        Round by round, in the order given.

    Raises
    ------
    StatisticsError
        No round, or rounds that differ in what they measure or by which columns.
    """
    joints = list(rounds.values())
    if not joints:
        raise StatisticsError("there is no round to put beside others")
    first = joints[0]
    for code, joint in rounds.items():
        if _measured(joint) != _measured(first):
            raise StatisticsError(f"round {code} measures {_describe(joint)}, the first {_describe(first)}")
        if column in joint.by:
            raise StatisticsError(f"round {code} has a column {column!r} already")
    of_round = np.repeat(np.arange(len(joints)), [len(joint) for joint in joints]).astype(np.int32)
    columns = {name: united([joint.by[name] for joint in joints]) for name in first.by}
    return Joint(
        measure=first.measure,
        statistic=first.statistic,
        by={column: Column(of_round, tuple(rounds)), **columns},
        side=concatenated([joint.side for joint in joints]),
        covariance=_block_diagonal([joint.covariance for joint in joints]),
        union_df=np.where(
            of_round == of_round[:, None],
            scipy.linalg.block_diag(*(joint.union_df for joint in joints)),
            np.add.outer(*(np.concatenate([joint.df for joint in joints]),) * 2),
        ),
        same=scipy.linalg.block_diag(*(joint.same for joint in joints)).astype(np.bool_),
    )


def pair_rounds(now: Joint, before: Joint) -> tuple[Pairs, IntArray]:
    """Changes in each domain since an earlier round: the later round first, the earlier second.

    Rounds do not vary together, see `stack_rounds`.

    Parameters
    ----------
    now, before : Joint
        Of the same measure and statistic by the same columns.

    Returns
    -------
    Pairs
        In the order of the domains of now. Without an estimate of before where it had no such domain.
    int64[domains]
        The place of each in before; -1 where there is none.

    Raises
    ------
    StatisticsError
        Rounds that differ in what they measure or by which columns.
    """
    if _measured(now) != _measured(before):
        raise StatisticsError(f"this round measures {_describe(now)}, the one before {_describe(before)}")
    key = cross([united([now.by[name], before.by[name]]) for name in now.by], len(now) + len(before)).code
    place = np.full(int(key.max(initial=-1)) + 1, -1, dtype=np.int64)
    place[key[len(now) :]] = np.arange(len(before))
    found = place[key[: len(now)]]
    earlier = before.side.at_or_missing(found)
    pairs = Pairs(
        statistic=now.statistic,
        first=now.side,
        second=earlier,
        covariance=np.zeros(len(now)),
        df=now.df + earlier.df,
        same=np.zeros(len(now), dtype=np.bool_),
    )
    return pairs, found


def _measured(joint: Joint) -> tuple[str, Statistic, tuple[str, ...]]:
    return joint.measure, joint.statistic, tuple(joint.by)


def _describe(joint: Joint) -> str:
    return f"the {joint.statistic} of {joint.measure} by {', '.join(joint.by) or 'nothing'}"


def _block_diagonal(covariances: list[FloatArray]) -> FloatArray:
    """Block by block; between estimates that there are not stays NaN."""
    found = scipy.linalg.block_diag(*covariances)
    unknown = np.isnan(np.diag(found))
    found[unknown], found[:, unknown] = np.nan, np.nan
    return np.asarray(found, dtype=np.float64)
