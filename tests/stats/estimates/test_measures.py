import pytest

from sipas.errors import NotFound, StatisticsError
from sipas.stats import IndexDefinition, choose_measures, factor_measure, item_measure, overall_measure
from tests.stats.surveys import SMALL

EQUAL = IndexDefinition("equal", "factors", {"a": 0.5, "b": 0.5})


def names(choice: str) -> list[str]:
    return [measure.name for measure in choose_measures(SMALL, EQUAL, choice)]


def test_measures_are_chosen_by_name() -> None:
    items = [f"item:{item}" for item in SMALL.items]
    assert names("overall") == ["overall:equal"]
    assert names("factors") == ["factor:a", "factor:b"]
    assert names("items") == items
    assert names("all") == ["overall:equal", "factor:a", "factor:b", *items]
    assert names("factor:b") == ["factor:b"]
    assert names("item:b2") == ["item:b2"]


def test_what_the_instrument_has_not_is_answered_with_what_it_has() -> None:
    with pytest.raises(NotFound, match="no item 'c1'; it has overall, a1"):
        choose_measures(SMALL, EQUAL, "item:c1")
    with pytest.raises(NotFound, match="no factor 'c'; it has a, b"):
        factor_measure(SMALL, "c")
    with pytest.raises(NotFound, match="no measure 'everything'"):
        choose_measures(SMALL, EQUAL, "everything")


def test_an_index_that_does_not_fit_the_instrument_is_refused() -> None:
    with pytest.raises(StatisticsError, match="index x: weights name c"):
        overall_measure(SMALL, IndexDefinition("x", "factors", {"a": 0.5, "c": 0.5}))
    with pytest.raises(StatisticsError, match="no item of the instrument"):
        overall_measure(SMALL, IndexDefinition("x", "question", question="c1"))


def test_a_measure_knows_its_items() -> None:
    assert item_measure(SMALL, "a2").items(SMALL) == (2,)
    assert factor_measure(SMALL, "b").items(SMALL) == (3, 4, 5)
    assert overall_measure(SMALL, EQUAL).items(SMALL) == (1, 2, 3, 4, 5)


def test_a_factor_that_counts_nothing_is_left_out_of_the_index() -> None:
    measure = overall_measure(SMALL, IndexDefinition("x", "factors", {"a": 1.0, "b": 0.0}))
    assert measure.items(SMALL) == (1, 2)
