import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Column, build_cells
from sipas.stats.disclosure import count_measure, tabulate
from tests.stats.surveys import POOLED, QUESTION, SMALL, random_answers

UNIT, CHANNEL = Column.of(["A", "A", "B"]), Column.of(["kiosk", "sms", "sms"])


def test_every_combination_is_a_cell_whether_anybody_answered_or_not() -> None:
    found = tabulate([(), ("unit", "channel")], {"unit": UNIT, "channel": CHANNEL}, 3)
    assert [dict(key) for key in found.keys] == [
        {},
        {"unit": "A", "channel": "kiosk"},
        {"unit": "A", "channel": "sms"},
        {"unit": "B", "channel": "kiosk"},
        {"unit": "B", "channel": "sms"},
    ]
    assert found.total(np.array([1, 2, 4])).tolist() == [7, 1, 2, 0, 4]


def test_the_frame_says_which_combinations_there_can_be() -> None:
    field = Column.of(["land", "land", None])
    frame = {"unit": Column.of(["A", "B", "C"]), "field": Column.of(["land", "birth", "birth"])}
    found = tabulate([("unit",), ("field",)], {"unit": UNIT, "field": field}, 3, frame)
    assert [dict(key) for key in found.keys][:3] == [{"unit": "A"}, {"unit": "B"}, {"unit": "C"}]
    assert [dict(key) for key in found.keys][3:] == [{"field": "land"}, {"field": "birth"}, {"field": None}]
    assert found.membership.shape == (6, 4)  # A land, B birth, B unknown, C birth
    assert found.total(np.ones(3)).tolist() == [2, 1, 0, 2, 0, 1]


def test_a_column_that_another_one_determines_makes_no_new_combinations() -> None:
    district = Column.of(["north", "north", "south"])
    rows = {"unit": UNIT, "district": district, "channel": Column.of(["kiosk", "sms", "kiosk"])}
    assert tabulate([("unit",), ("district",), ("channel",)], rows, 3).membership.shape == (6, 4)


def test_the_whole_alone_is_one_cell() -> None:
    found = tabulate([()], {}, 3)
    assert (found.keys, found.total(np.ones(3)).tolist()) == (((),), [3])


def test_wrong_tables_are_refused() -> None:
    with pytest.raises(StatisticsError, match="name each once"):
        tabulate([("unit", "channel"), ("channel", "unit")], {"unit": UNIT, "channel": CHANNEL}, 3)
    with pytest.raises(StatisticsError, match="no column 'colour' to tabulate by; there are unit"):
        tabulate([("colour",)], {"unit": UNIT}, 3)


def test_counts_are_those_of_the_answers_themselves() -> None:
    generator = np.random.default_rng(3)
    answers = random_answers(generator, 200)
    unit = Column.of(generator.choice(["A", "B", "C"], 200).tolist())
    tabulation = tabulate(
        [(), ("unit",)], (cells := build_cells(SMALL, answers, {"unit": unit})).columns, len(cells)
    )
    overall, pooled = (count_measure(cells, measure, tabulation) for measure in (QUESTION, POOLED))
    for place, members in enumerate([np.ones(200, np.bool_), *(unit.equals(level) for level in "ABC")]):
        said, factors = answers[members, 0], answers[members, 1:]
        assert (overall.n[place], overall.satisfied[place]) == ((said > 0).sum(), (said >= 4).sum())
        assert (pooled.answers[place], pooled.satisfied[place]) == ((factors > 0).sum(), (factors >= 4).sum())
        assert pooled.n[place] == (factors > 0).any(axis=1).sum()
    assert (overall.answers_per_respondent, pooled.answers_per_respondent) == (1, 5)
