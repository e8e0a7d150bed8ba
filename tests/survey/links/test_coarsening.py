"""What is stored of an answer is shared by k, and as fine as the order of coarsening lets it be."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from sipas.errors import InputError
from sipas.queries.catalogue import COARSENING_DEFAULT
from sipas.survey.links.coarsening import (
    PLACE_LEVELS,
    TIME_LEVELS,
    Attributes,
    Level,
    coarsen,
    first_day,
    language_kept,
    levels,
    next_day,
)

PATH = levels(COARSENING_DEFAULT)
FIRST = date(2026, 10, 1)  # a Thursday
FIELDS = ("birth", "birth", "land", "land", "trade")
K = 5


def answer(procedure: int = 0, day: int = 0, service_channel: str = "online") -> Attributes:
    return Attributes(procedure, FIELDS[procedure], service_channel, FIRST + timedelta(days=day))


def shared(answers: list[Attributes], found: dict[int, Level]) -> Counter[tuple[Level, Attributes]]:
    return Counter((level, answers[place].at(level)) for place, level in found.items())


@pytest.mark.parametrize("seed", range(40))
def test_every_answer_shares_what_is_stored_with_k_in_all_and_its_twins_always(seed: int) -> None:
    random = Random(seed)
    answers = [
        answer(
            random.choice((0, 0, 0, 1, 2, 3, 4)), random.randrange(61), random.choice(("online", "counter"))
        )
        for _ in range(random.randrange(K, 120))
    ]
    steps = [*COARSENING_DEFAULT]
    if seed % 2:
        steps = ["field", "week", "service_channel", "month", "unit", "round"]
    found = coarsen(answers, K, levels(steps))
    assert found.keys() == set(range(len(answers)))
    assert min(shared(answers, found).values()) >= K
    twins: dict[Attributes, set[Level]] = {}
    for place, level in found.items():
        twins.setdefault(answers[place], set()).add(level)
    assert all(len(mine) == 1 for mine in twins.values())


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ([answer()] * 5, ("day", "procedure")),
        ([answer(day=day) for day in range(4)] * 2, ("week", "procedure")),
        ([answer(day=4 * day) for day in range(5)], ("month", "procedure")),
        ([answer(procedure % 2, day=4 * procedure) for procedure in range(5)], ("month", "field")),
        ([answer(procedure) for procedure in range(5)], ("month", "service_channel")),
        ([answer(service_channel=one) for one in ("online", "counter", "post") * 2], ("month", "unit")),
        ([answer(day=20 * day) for day in range(5)], ("round", "unit")),
    ],
)
def test_detail_is_given_up_a_step_at_a_time(answers: list[Attributes], level: tuple[str, str]) -> None:
    assert set(coarsen(answers, K, PATH).values()) == {level}


def test_the_unit_is_all_that_fewer_than_k_answers_keep() -> None:
    assert set(coarsen([answer()] * 4, K, PATH).values()) == {("round", "unit")}


def test_the_last_few_join_the_group_that_gives_up_least_for_them() -> None:
    alike, of_the_field, other = [answer(0)] * 6, [answer(1)] * 3, [answer(4)] * 5
    found = coarsen([*alike, *of_the_field, *other], K, PATH)
    assert shared([*alike, *of_the_field, *other], found) == {
        (Level("month", "field"), answer(0).at(Level("month", "field"))): 9,
        (Level("day", "procedure"), answer(4)): 5,
    }


def test_weeks_are_cut_at_the_ends_of_months_and_periods_follow_each_other() -> None:
    days = [FIRST + timedelta(days=n) for n in range(400)]
    for time in ("day", "week", "month"):
        for day in days:
            first, end = first_day(day, time), next_day(day, time)
            assert first <= day < end
            assert first_day(end, time) == end
            assert first_day(end - timedelta(days=1), time) == first
            assert (first.year, first.month) == (day.year, day.month)


@pytest.mark.parametrize(
    "steps", ["", "week,month,round", "field,week,unit,month,service_channel,round", "day"]
)
def test_an_order_of_coarsening_that_lacks_or_misplaces_a_step_is_refused(steps: str) -> None:
    with pytest.raises(InputError, match="such as week,month,field"):
        levels(steps.split(","))
    with pytest.raises(InputError, match="there is no step 'hour'"):
        levels([*COARSENING_DEFAULT, "hour"])


def test_every_order_begins_with_everything_and_ends_with_the_unit() -> None:
    assert PATH[0] == (TIME_LEVELS[0], PLACE_LEVELS[0])
    assert PATH[-1] == (TIME_LEVELS[-1], PLACE_LEVELS[-1])


def test_a_language_that_few_read_is_kept_of_none() -> None:
    assert language_kept(["vi"] * 7, K)
    assert language_kept(["vi", "en"] * 5, K)
    assert not language_kept(["vi"] * 9 + ["en"], K)
