"""The model of questionnaires with kinds of items, sections, conditions and trees."""

from fractions import Fraction

import numpy as np
import pytest

from sipas.errors import InputError
from sipas.stats.cells.scoring import IndexNode
from sipas.survey.instruments.answer_columns import AnswerColumn
from sipas.survey.instruments.forms import FormStep
from sipas.survey.instruments.problems import problems
from sipas.survey.instruments.reading import decode_instrument, read_instrument
from tests.survey.instruments.ward import WARD, ward


def test_each_option_of_several_choices_has_a_column_and_persons_and_texts_have_none() -> None:
    assert ward().answer_columns() == (
        AnswerColumn("interest1", "interest1", "rating"),
        AnswerColumn("channels.tv", "channels", "choices", "tv"),
        AnswerColumn("channels.web", "channels", "choices", "web"),
        AnswerColumn("channels.other", "channels", "choices", "other"),
        AnswerColumn("paid", "paid", "choice"),
        AnswerColumn("times", "times", "number"),
        AnswerColumn("used", "used", "yes-no"),
        AnswerColumn("seats", "seats", "rating"),
        AnswerColumn("signs", "signs", "rating"),
        AnswerColumn("correct", "correct", "rating"),
    )


def test_the_scoring_is_of_the_main_scale_and_its_factors_are_sections() -> None:
    scoring = ward().scoring()
    assert scoring.items == ("seats", "signs", "correct")
    assert scoring.factors == {"access": (0, 1), "results": (2,)}
    assert scoring.forms["short"] == (Fraction(1, 2),) * 3


def test_other_scales_and_options_have_scorings_of_their_own() -> None:
    scorings = ward().scorings
    assert [*scorings] == ["main", "interest", "options"]
    assert scorings["interest"].scoring.points == (1, 2, 3, 4)
    options = scorings["options"]
    assert options.scoring.items == (
        *("channels.tv", "channels.web", "channels.other", "paid.no", "paid.once", "paid.often", "used"),
    )
    stored = np.array([[4, 1, 0, -3, 2, 7, 1, 5, -2, 1]], np.int16)
    assert [column.tolist() for column in options.answers(stored.T, len(stored)).columns] == [
        [1],
        [0],
        [-3],
        [0],
        [1],
        [0],
        [1],
    ]
    assert [column.tolist() for column in scorings["main"].answers(stored.T, len(stored)).columns] == [
        [5],
        [-2],
        [1],
    ]


def test_a_tree_takes_its_nodes_from_sections() -> None:
    tree = ward().index(None).tree
    assert tree == IndexNode(
        "rated",
        (IndexNode("access", ("seats", "signs"), pooled=True), IndexNode("results", ("correct",))),
        (0.25, 0.75),
    )


def test_sections_may_be_nested_in_place_of_naming_their_parent() -> None:
    tree = WARD.replace(
        '[[sections]]\nid = "access"\nparent = "rated"', '[[sections.sections]]\nid = "access"'
    )
    tree = tree.replace(
        '[[sections]]\nid = "results"\nparent = "rated"', '[[sections.sections]]\nid = "results"'
    )
    assert read_instrument(tree) == ward()


def test_answers_about_the_person_are_attributes() -> None:
    assert [(one.id, one.values) for one in ward().all_attributes] == [("sex", ("M", "F"))]


def test_a_draw_of_sections_asks_each_whole() -> None:
    blocks = ward().blocks(FormStep("rated", draw_sections=1))
    assert [(one.section, [item.id for item in one.items]) for one in blocks] == [
        ("access", ["seats", "signs"]),
        ("results", ["correct"]),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ('code = "F"', 'code = ""', "item sex: option 2 has no code"),
        ('code = "F"', 'code = "M"', "item sex: option 'M' stands more than once"),
        ('code = "tv"', 'code = "t\'v"', "item channels: the code \"t'v\" of option 1 must be 1 to 64 char"),
        ('"often"]', '"never"]', "item times: its condition names the value 'never', which paid does"),
        ('item = "paid"', 'item = "seats"', "item times: its condition names seats, which comes later"),
        ('item = "paid"', 'item = "opinion"', "item times: its condition names opinion, which comes later"),
        ('item = "paid"', 'item = "money"', "item times: its condition names 'money', which is no item"),
        ('item = "paid"', 'item = "times"', "the conditions of times form a cycle"),
        ('"interest", text', '"interests", text', "item interest1: there is no scale 'interests'; the named"),
        ('parent = "rated"', 'parent = "rate"', "section access: parent 'rate' is no section above it"),
        ("results = 0.75", "results = 0.7", "index tree: node rated: weights must be 0 or more and sum to 1"),
        ("results = 0.75", "result = 0.75", "index tree: weights of rated must name its children: access, "),
        ('pooled = ["access"]', 'pooled = ["acces"]', "index tree: pooled names 'acces', which is no node"),
        ('section = "rated"', 'section = "rate"', "index tree: there is no section 'rate'"),
        ('kind = "tree"', 'kind = "mean"', "index tree: kind is 'mean'; it is pooled, factors, question or"),
        ("draw_sections = 1", "draw_sections = 3", "form short: draw_sections = 3 from rated, which has 2"),
        ("draw_sections = 1", "draw_sections = 1, draw = 1", "form short: rated is drawn from twice"),
        ("maximum = 99", "maximum = 40000", "item times: minimum and maximum must be rising numbers from 0"),
        ('"Khác" }, other = true', '"Khác" } }, { code = "web", text = { vi = "x" }', "item channels: "),
        ('text = { vi = "Nữ" } }', 'text = { vi = "Nữ" }, other = true }', "item sex: section person"),
        ('id = "used"', 'id = "channels_other"', "the id 'channels_other' is also"),
        (
            'steps = [{ ask = "used" }',
            'steps = [{ ask = "times" }',
            "form short: times is shown by the answer to paid, which the form does not ask before",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_once(right: str, wrong: str, problem: str) -> None:
    assert right in WARD
    with pytest.raises(InputError) as caught:
        read_instrument(WARD.replace(right, wrong, 1), "i.toml")
    assert str(caught.value).startswith(f"i.toml: {problem}")
    found = set(problems(decode_instrument(WARD.replace(right, wrong, 1))))
    assert len(found) == 1


def test_a_cycle_of_conditions_is_named_once() -> None:
    cyclic = WARD.replace('id = "paid", kind', 'id = "paid", when = { item = "times", values = [1] }, kind')
    with pytest.raises(InputError) as caught:
        read_instrument(cyclic, "i.toml")
    assert str(caught.value) == (
        "i.toml: the conditions of paid, times form a cycle: each is shown only after the other"
    )
