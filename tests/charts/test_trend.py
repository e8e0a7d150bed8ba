import pytest

from sipas.charts.dots import Dot
from sipas.charts.trend import trend
from sipas.charts.trends import Series, spans
from sipas.messages import Language
from tests.charts.seen import LONG_NAME, caption, require_room, texts

SPRING = Dot("spring", 0.82, 0.79, 0.85, 1500)
SUMMER = Dot("summer", 0.9, 0.3, 0.99, 6, reliable=False, why="quá ít phiếu")
AUTUMN = Dot("autumn", None, None, None, 0, reliable=False)
WINTER = Dot("winter", 0.88, 0.86, 0.9, 2000)
ROUNDS = Series("", (SPRING, SUMMER, AUTUMN, WINTER), (0.8, 0.8, 0.85, 0.85))


def months(count: int) -> Series:
    dots = [Dot(f"{i % 12 + 1:02}/{2020 + i // 12}", 0.8, 0.78, 0.82, 1234) for i in range(count)]
    return Series("", tuple(dots), (0.85,) * count)


def test_each_period_has_its_estimate_interval_and_n() -> None:
    found = texts(trend([ROUNDS], caption()))
    for said in ("spring", "82,0", "79,0–85,0", "1.500", "winter", "86,0–90,0", "–"):
        assert said in found


def test_a_target_holds_as_long_as_it_was_set_and_is_named() -> None:
    assert list(spans(ROUNDS.targets)) == [(0.8, 0, 1), (0.85, 2, 3)]
    assert list(spans((None, 0.9, None))) == [(0.9, 1, 1)]
    found = texts(trend([ROUNDS], caption()))
    assert {"Mục tiêu 80%", "Mục tiêu 85%"} <= set(found)


def test_where_periods_are_many_some_are_named_and_the_pointer_says_the_rest() -> None:
    found = texts(trend([months(48)], caption()))
    named = [text for text in found if "/20" in text]
    assert named[:2] == ["01/2020", "05/2020"]
    assert "78,0–82,0" not in found


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("count", [1, 2, 11, 12, 48])
def test_there_is_room_for_everything(language: Language, count: int) -> None:
    require_room(trend([months(count)], caption(language)))


def test_several_domains_have_a_plot_each_on_one_scale() -> None:
    series = [Series(f"{LONG_NAME} {i}", ROUNDS.dots, ROUNDS.targets) for i in range(3)]
    chart = trend(series, caption())
    require_room(chart)
    found = texts(chart)
    assert sum(text.startswith(LONG_NAME) for text in found) == 3
    assert found.count("78") == 3


def test_nothing_at_all_is_said_to_be_nothing() -> None:
    assert "There are no responses to draw yet." in texts(trend([], caption("en")))
