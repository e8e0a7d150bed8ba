import re
from itertools import pairwise

import msgspec
import pytest

from sipas.survey.instruments.items import AnswerScale
from sipas.survey.links.marks import COLOURS, face, stars, symbols
from tests.kiosk.node import evaluate

SCALE = AnswerScale((1, 2, 3, 4, 5), 4, {"vi": ("", "", "", "", "")}, "faces")


@pytest.mark.parametrize("count", range(2, 12))
def test_terminals_and_pages_draw_the_same_faces(count: int) -> None:
    moods = [2 * place / (count - 1) - 1 for place in range(count)]
    assert evaluate("faces.js", f"{moods}.map(m.face)") == [face(mood) for mood in moods]


def test_terminals_and_pages_draw_the_same_stars() -> None:
    assert evaluate("faces.js", "[m.stars(1, 5), m.stars(5, 5)]") == [stars(1, 5), stars(5, 5)]


def test_the_five_points_have_their_colours_in_order() -> None:
    drawn = [symbol.markup for symbol in symbols(SCALE)]
    assert tuple(re.findall(r'r="31" fill="(#\w+)"', "".join(drawn))) == COLOURS


def test_faces_differ_by_more_than_their_colour() -> None:
    shapes = [re.sub("#[0-9a-f]{6}", "", symbol.markup) for symbol in symbols(SCALE)]
    assert all(one != other for one, other in pairwise(shapes))
    assert len(set(shapes)) == 5


def test_a_point_has_as_many_full_stars_as_its_place() -> None:
    drawn = symbols(msgspec.structs.replace(SCALE, display="stars"))
    assert [symbol.markup.count('fill="#12408c"') for symbol in drawn] == [1, 2, 3, 4, 5]


def test_numbers_are_written_not_drawn() -> None:
    assert symbols(msgspec.structs.replace(SCALE, display="numbers")) == ()
