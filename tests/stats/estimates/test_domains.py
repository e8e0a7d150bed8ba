import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    Frame,
    WeightedCells,
    build_cells,
    estimate,
    item_measure,
    merge_cells,
    notes,
    post_stratify,
    unweighted,
)
from sipas.stats.estimates.domains import find_domains
from tests.stats.surveys import ONE, one_column_frame, one_item_cells

MEASURE = item_measure(ONE, "q")


def told(estimates: Estimates, level: str | None, name: str = "h") -> tuple[notes.Note, ...]:
    """The notes of one domain."""
    (domain,) = (d for d in range(len(estimates)) if estimates.key(d)[name] == level)
    return estimates.notes[domain]


def test_domains_of_the_frame_without_a_response_are_listed_with_a_note() -> None:
    cells = one_item_cells({"B": "++-++-"})
    frame = one_column_frame(A=10, B=100, C=0)
    ours = estimate(WeightedCells(cells, post_stratify(cells, frame, ("h",))), MEASURE, ("h",))
    assert [ours.key(d) for d in range(len(ours))] == [{"h": "B"}, {"h": "A"}]
    assert told(ours, "A") == (notes.NO_RESPONSE,)
    assert np.isnan(
        [ours.estimate[1], ours.se[1], ours.low[1], ours.n_effective[1], ours.population[1]]
    ).all()
    assert (ours.n[1], ours.df[1], ours.reliable[1]) == (0, 0, False)


def test_a_filter_lists_empty_domains_only_if_it_is_given_for_the_frame_too() -> None:
    cells = one_item_cells({"A": "+++++", "B": "++-++-"})
    frame = one_column_frame(A=10, B=100, C=40, D=50)
    weighting = post_stratify(cells, frame, ("h",))
    where = cells.columns["h"].equals("B")
    assert len(estimate(WeightedCells(cells, weighting).keep(where), MEASURE, ("h",))) == 1
    kept = frame.columns["h"].equals("B") | frame.columns["h"].equals("C")
    both = estimate(WeightedCells(cells, weighting).keep(where, kept), MEASURE, ("h",))
    assert [both.key(d)["h"] for d in range(len(both))] == ["B", "C"]


def test_the_frame_is_silent_about_columns_that_it_has_not() -> None:
    cells = one_item_cells({"A": "+++++"}, sex=["F", "M", "F", "M", "F"])
    weighting = post_stratify(cells, one_column_frame(A=10, B=5), ("h",))
    assert len(estimate(WeightedCells(cells, weighting), MEASURE, ("h", "sex"))) == 2


def test_a_missing_value_is_a_domain_of_its_own() -> None:
    cells = one_item_cells({"A": "++--+"}, sex=["M", None, "F", None, "M"])
    ours = estimate(WeightedCells(cells, unweighted(cells, ("h",))), MEASURE, ("sex",))
    assert [ours.key(d)["sex"] for d in range(3)] == ["F", "M", None]
    assert ours.n.tolist() == [1, 2, 2]


def test_a_domain_of_unplaced_responses_says_so() -> None:
    placed = one_item_cells({"A": "+" * 20}, sex=["F"] * 20)
    lost = build_cells(
        ONE, np.full((1, 1), 5, dtype=np.int16), {"h": Column.of([None]), "sex": Column.of(["M"])}
    )
    cells = merge_cells([placed, lost])
    ours = estimate(
        WeightedCells(cells, post_stratify(cells, one_column_frame(A=100), ("h",))), MEASURE, ("sex",)
    )
    assert told(ours, "M", "sex") == (notes.LEFT_OUT,)
    assert ours.n.tolist() == [20, 0]


def test_the_whole_is_one_domain_even_without_responses() -> None:
    cells = one_item_cells({})
    ours = estimate(WeightedCells(cells, unweighted(cells, ("h",))), MEASURE)
    assert (len(ours), ours.key(0), ours.notes[0]) == (1, {}, (notes.NO_RESPONSE,))
    assert len(estimate(WeightedCells(cells, unweighted(cells, ("h",))), MEASURE, ("h",))) == 0


def pooled_cells() -> tuple[Cells, Frame]:
    names = ("unit", "procedure")
    rows = [("U", "P1")] * 3 + [("U", "P2")] * 3 + [("U", "P3")] * 9 + [("V", "P1")] * 9
    answers = np.array([[5], [1], [5]] * 8, dtype=np.int16)
    cells = build_cells(
        ONE, answers, {name: Column.of([row[k] for row in rows]) for k, name in enumerate(names)}
    )
    keys = [("U", "P1"), ("U", "P2"), ("U", "P3"), ("U", "P4"), ("V", "P1")]
    columns = {name: Column.of([key[k] for key in keys]) for k, name in enumerate(names)}
    return cells, Frame(columns, np.array([30, 60, 90, 9, 80]))


def test_where_a_domain_cuts_a_pool_its_population_is_marked_estimated() -> None:
    cells, frame = pooled_cells()
    weighting = post_stratify(cells, frame, ("unit", "procedure"))
    by_procedure = estimate(WeightedCells(cells, weighting), MEASURE, ("procedure",))
    assert [notes.POPULATION_ESTIMATED in found for found in by_procedure.notes] == [True, True, False, False]
    by_unit = estimate(WeightedCells(cells, weighting), MEASURE, ("unit",))
    assert not any(notes.POPULATION_ESTIMATED in found for found in by_unit.notes)
    assert by_unit.population.tolist() == [189, 80]


def test_a_pool_is_cut_too_where_only_silent_strata_are_outside() -> None:
    cells, frame = pooled_cells()
    kept = cells.select(cells.columns["procedure"].codes != 1)
    weighting = post_stratify(kept, frame, ("unit", "procedure"))
    where = ~kept.columns["procedure"].equals("P3")
    where_frame = ~frame.columns["procedure"].equals("P4")
    cut = find_domains(WeightedCells(kept, weighting).keep(where, where_frame), ("unit",)).cut
    assert cut.tolist() == [True, False]


def test_masks_must_be_for_these_cells_and_this_frame() -> None:
    cells = one_item_cells({"A": "+++++", "B": "+++++"})
    weighting = post_stratify(cells, one_column_frame(A=10, B=10), ("h",))
    with pytest.raises(StatisticsError, match="same 2 cells"):
        find_domains(WeightedCells(cells, weighting).keep(np.ones(3, dtype=np.bool_)), ())
    with pytest.raises(StatisticsError, match="2 rows"):
        find_domains(WeightedCells(cells, weighting).keep(None, np.ones(3, dtype=np.bool_)), ("h",))
    with pytest.raises(StatisticsError, match="no column 'sex'"):
        find_domains(WeightedCells(cells, weighting), ("sex",))
    with pytest.raises(StatisticsError, match="same 1 cells"):
        find_domains(WeightedCells(cells.select(np.array([0])), weighting), ())


@pytest.mark.parametrize(("key", "by"), [("dhi", "d"), ("hdi", "d"), ("dh", "d"), ("dh", "h"), ("dhi", "h")])
@pytest.mark.parametrize("people", [60, 2000])
def test_sums_by_domain_are_the_same_however_cells_are_ordered(key: str, by: str, people: int) -> None:
    """Cells that are pairs of their own or not, in the order of domains or not, many to a pair or few."""
    generator = np.random.default_rng(people)
    levels = {"d": 3, "h": 4, "i": 40}
    drawn = {name: Column.of(map(str, generator.integers(0, levels[name], people))) for name in key}
    cells = build_cells(ONE, np.full((people, 1), 5, dtype=np.int8), drawn)
    domains = find_domains(WeightedCells(cells, unweighted(cells, ("h",))), (by,))
    values = generator.random(len(cells))
    stratum, domain = cells.columns["h"].codes, cells.columns[by].codes
    by_pair = np.zeros((4, 4))
    np.add.at(by_pair, (domain, stratum), values)
    np.testing.assert_allclose(
        domains.by_pair(values), by_pair[domains.pair_domain, domains.pair_stratum], rtol=1e-12
    )
    for total in (domains.total(values), domains.by_domain(domains.by_pair(values))):
        np.testing.assert_allclose(total, by_pair.sum(1)[: domains.count], rtol=1e-12)
    np.testing.assert_array_equal(domains.total(cells.n), np.bincount(domain, cells.n))
    np.testing.assert_array_equal(domains.by_row(np.arange(domains.count, dtype=np.float64)), domain)
