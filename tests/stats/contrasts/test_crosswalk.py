"""An earlier round for today's units, against recoded responses and against weights split by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Column, Frame, WeightedCells, estimate, item_measure, notes, post_stratify
from sipas.stats.contrasts import UnitCrosswalk, estimate_jointly, estimate_successors, find_differences
from tests.stats.contrasts.townspeople import townspeople
from tests.stats.surveys import ONE, POOLED, SMALL, UNEQUAL, one_item_cells

NAN = float("nan")


def succession(*rows: tuple[str, str, float]) -> UnitCrosswalk:
    old, new, share = zip(*rows, strict=True)
    return UnitCrosswalk(Column.of(old), Column.of(new), np.array(share, dtype=np.float64))


def keys(column: Column) -> list[str]:
    return [str(label) for label in column.labels()]


@pytest.mark.parametrize("measure", [POOLED, UNEQUAL, item_measure(SMALL, "b2")], ids=str)
def test_units_that_merged_whole_are_as_if_their_responses_had_been_recoded(measure: Any) -> None:
    people = townspeople("full", "kiosk")
    merged = succession(("U1", "N1", NAN), ("U3", "N1", 1.0))
    unit = people.cells.column("unit")
    recoded = Column(np.array([0, 1, 0], np.int32)[unit.codes], ("N1", "U2"))
    cells = replace(people.cells, columns={**people.cells.columns, "unit": recoded})
    for by in (("unit",), ("unit", "sex")):
        ours = estimate_successors(people.sample, measure, by, "unit", merged).joint
        theirs = estimate_jointly(WeightedCells(cells, people.weighting), measure, by)
        order = sorted(range(len(ours)), key=lambda d: [str(c.labels()[d]) for c in ours.by.values()])
        np.testing.assert_allclose(ours.estimate[order], theirs.estimate, rtol=1e-12)
        np.testing.assert_allclose(ours.covariance[np.ix_(order, order)], theirs.covariance, rtol=1e-9)
        np.testing.assert_allclose(ours.n_effective[order], theirs.n_effective, rtol=1e-9)
        assert ours.df[order].tolist() == theirs.df.tolist()
        assert ours.n[order].tolist() == theirs.n.tolist()


def test_a_unit_that_was_split_lends_each_successor_its_share_of_every_weight() -> None:
    people = townspeople()
    split = succession(("U1", "N1", 0.7), ("U1", "N2", 0.3), ("U2", "N2", 1.0))
    joint = estimate_successors(people.sample, POOLED, ("unit",), "unit", split).joint
    shares = {"N1": {"U1": 0.7}, "N2": {"U1": 0.3, "U2": 1.0}, "U3": {"U3": 1.0}}
    unit = people.labels("unit")
    weights = [
        people.weight * np.array([shares[new].get(old, 0.0) for old in unit])
        for new in keys(joint.by["unit"])
    ]
    pulls = [people.pull(POOLED, weight > 0, weight=weight) for weight in weights]
    hand = [[people.covariance(one, other) for other in pulls] for one in pulls]
    np.testing.assert_allclose(joint.covariance, hand, rtol=1e-9)
    one, other = (keys(joint.by["unit"]).index(name) for name in ("N1", "N2"))
    assert joint.covariance[one, other] > 0
    mixed = estimate(people.sample, POOLED, ("unit",)).estimate
    assert min(mixed[:2]) < joint.estimate[other] < max(mixed[:2])


def test_parts_of_one_old_unit_cannot_be_told_apart() -> None:
    people = townspeople()
    split = succession(("U1", "N1", 0.7), ("U1", "N2", 0.3))
    joint = estimate_successors(people.sample, POOLED, ("unit",), "unit", split).joint
    one, other = (keys(joint.by["unit"]).index(name) for name in ("N1", "N2"))
    assert joint.same[one, other]
    assert joint.estimate[one] == pytest.approx(joint.estimate[other])


def test_the_same_old_units_in_other_shares_are_not_the_same() -> None:
    people = townspeople()
    split = succession(("U1", "N1", 0.9), ("U1", "N2", 0.1), ("U2", "N1", 0.1), ("U2", "N2", 0.9))
    joint = estimate_successors(people.sample, POOLED, ("unit",), "unit", split).joint
    one, other = (keys(joint.by["unit"]).index(name) for name in ("N1", "N2"))
    assert joint.estimate[one] != pytest.approx(joint.estimate[other])
    assert not joint.same[one, other]
    assert joint.same[one, one]
    found = find_differences(joint.pairs(np.array([one]), np.array([other])))
    assert found.difference[0] == pytest.approx(joint.estimate[one] - joint.estimate[other])
    assert found.se[0] > 0


def test_a_share_that_is_not_known_gives_no_estimate_and_no_guess() -> None:
    people = townspeople()
    unknown = succession(("U1", "N1", NAN), ("U1", "N2", NAN), ("U2", "N2", 1.0), ("U3", "N3", NAN))
    mapped = estimate_successors(people.sample, POOLED, ("unit",), "unit", unknown)
    by_unit = dict(zip(keys(mapped.joint.by["unit"]), mapped.joint.estimate, strict=True))
    assert np.isnan([by_unit["N1"], by_unit["N2"]]).all()
    assert np.isfinite(by_unit["N3"])
    said = dict(zip(keys(mapped.joint.by["unit"]), mapped.notes, strict=True))
    assert said == {"N1": (notes.SHARES_UNKNOWN,), "N2": (notes.SHARES_UNKNOWN,), "N3": ()}
    assert np.isnan(mapped.joint.covariance).sum() == 8
    assert not mapped.joint.reliable[0]


def test_the_share_of_the_frame_that_stands_behind_estimates_is_told() -> None:
    cells = one_item_cells(
        {"A": "+-" * 9, "B": "..", "C": "++-" * 5}, unit=["A"] * 18 + ["B"] * 2 + ["C"] * 15
    )
    counts = Frame({"h": Column.of("ABCD"), "unit": Column.of("ABCD")}, np.array([100, 300, 500, 100]))
    weighting = post_stratify(cells, counts, ("h",), collapse="none")
    given = succession(("A", "N", 0.5), ("A", "M", 0.5), ("B", "N", 1.0), ("C", "K", NAN), ("C", "L", NAN))
    mapped = estimate_successors(
        WeightedCells(cells, weighting), item_measure(ONE, "q"), ("unit",), "unit", given
    )
    coverage = dict(zip(keys(mapped.joint.by["unit"]), mapped.coverage.tolist(), strict=True))
    assert coverage["N"] == pytest.approx(50 / 350)
    assert coverage["M"] == 1
    assert np.isnan([coverage["K"], coverage["L"]]).all()
    assert coverage["D"] == 0
    assert mapped.mapped == pytest.approx(100 / 1000)
    assert notes.PARTLY_MAPPED in mapped.notes[keys(mapped.joint.by["unit"]).index("N")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((("U1", "N1", 1.2),), "succession, row 1: the share is 1.2"),
        ((("U1", "N1", 0.0),), "succession, row 1: the share is 0"),
        ((("U1", "N1", 0.7), ("U1", "N2", 0.5)), "the shares of U1 sum to more than 1"),
        ((("U1", "N1", 0.7), ("U1", "N1", 0.1)), "row 1: the same two units stand in a later row"),
        ((("U1", "", 0.7),), "row 1: there is no unit"),
    ],
)
def test_a_succession_that_cannot_be_is_refused(rows: Any, message: str) -> None:
    with pytest.raises(StatisticsError, match=message):
        succession(*rows)


def test_the_unit_must_be_what_domains_are_told_apart_by() -> None:
    people = townspeople()
    given = succession(("U1", "N1", 1.0))
    with pytest.raises(StatisticsError, match="'unit' must be among the columns"):
        estimate_successors(people.sample, POOLED, ("sex",), "unit", given)
