"""What is wrong with an instrument is said before it is published."""

import pytest

from sipas.errors import InputError
from sipas.survey.instruments.reading import read_instrument

HOUSING = """
id = "housing"
version = 1
languages = ["vi"]
title = { vi = "Nhà ở" }
questions = [{ id = "overall", text = { vi = "Nhìn chung?" } }]
[scale]
points = [1, 2, 3]
satisfied = 3
labels.vi = ["Thấp", "Vừa", "Cao"]
[[factors]]
id = "rooms"
title = { vi = "Phòng" }
items = [{ id = "light", text = { vi = "Ánh sáng?" } }, { id = "air", text = { vi = "Không khí?" } }]
[[indices]]
id = "pooled"
kind = "pooled"
[[forms]]
id = "full"
steps = [{ ask = "overall" }, { ask = "rooms" }]
[[forms]]
id = "short"
channels = ["kiosk"]
steps = [{ ask = "rooms", draw = 1 }]
"""
POINTS = "points = [1, 2, 3]"
SECOND_FORM = 'id = "short"'


def test_an_instrument_without_a_fault_is_read() -> None:
    assert read_instrument(HOUSING).name == "housing@1"


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ('languages = ["vi"]', "languages = []", 'languages is empty; name one, such as "vi"'),
        ('title = { vi = "Nhà ở" }', "title = {}", "title has no text in vi"),
        ('title = { vi = "Phòng" }', "title = {}", "factor rooms has no text in vi"),
        ('text = { vi = "Ánh sáng?" }', "text = {}", "item light has no text in vi"),
        (POINTS, "points = [3]", "scale.points must be two or more rising numbers from 0 to 1000"),
        (POINTS, "points = []", "scale.points must be two or more rising numbers from 0 to 1000"),
        (POINTS, "points = [1, 3, 2]", "scale.points must be two or more rising numbers from 0 to 1000"),
        (POINTS, "points = [-1, 2, 3]", "scale.points must be two or more rising numbers from 0 to 1000"),
        (POINTS, "points = [1, 3, 1001]", "scale.points must be two or more rising numbers from 0 to 1000"),
        ("satisfied = 3", "satisfied = 4", "scale.satisfied is 4, which is no point of the scale"),
        (', "Cao"]', "]", "scale.labels.vi must hold 3 labels, one a point"),
        ('id = "air"', 'id = "light"', "the id 'light' stands more than once"),
        ('id = "air"', 'id = "rooms"', "the id 'rooms' stands more than once"),
        (SECOND_FORM, 'id = "full"', "the id 'full' of a form stands more than once"),
        (
            "[[forms]]",
            '[[indices]]\nid = "pooled"\nkind = "pooled"\n[[forms]]',
            "the id 'pooled' of an index stands more than once",
        ),
        *(
            (f'id = "{good}"', f'id = "{bad}"', f"the id {bad!r} must be a small letter, then small letters")
            for good, bad in [
                ("housing", "nhà"),
                ("short", "a form"),
                ("pooled", ""),
            ]
        ),
        ('id = "air"', 'id = "ánh"', "the id 'ánh' must be a letter from a to z, then such letters"),
        ('id = "rooms"', 'id = "1room"', "the id '1room' must be a letter from a to z, then such letters"),
        ('id = "air"', 'id = "Light"', "the ids 'light' and 'Light' differ by capitals alone"),
        ('id = "air"', 'id = "Unit"', "the id 'Unit' of an item is the name of a column that files"),
        ('id = "air"', 'id = "unit"', "the id 'unit' of an item is the name of a column that files"),
        ('id = "air"', 'id = "quarter"', "the id 'quarter' of an item is the name of a column that files"),
        ('id = "air"', 'id = "comment"', "the id 'comment' of an item is the name of a column that files"),
        ('kind = "pooled"', 'kind = "question"', "index pooled: "),
        ('[{ ask = "rooms", draw = 1 }]', "[]", "form short has no step; say what it asks"),
        ('["kiosk"]', '["kiosk", "fax"]', "form short: channel 'fax' is not one of kiosk, sms, web,"),
        ("draw = 1", "draw = 3", "form short: draw = 3 from rooms, which has 2 items"),
        ("draw = 1", "draw = 0", "form short: draw = 0 from rooms, which has 2 items"),
        ('{ ask = "rooms", draw', '{ ask = "heat", draw', "form short: 'heat' is neither an item nor"),
        ('{ ask = "overall" }', '{ ask = "light" }', "form full asks 'light' more than once"),
    ],
)
def test_a_fault_is_named(right: str, wrong: str, problem: str) -> None:
    assert right in HOUSING
    with pytest.raises(InputError) as caught:
        read_instrument(HOUSING.replace(right, wrong, 1), "i.toml")
    assert str(caught.value).startswith(f"i.toml: {problem}")


def test_an_item_may_have_capitals_in_its_id() -> None:
    instrument = read_instrument(HOUSING.replace('id = "air"', 'id = "Q2_Air"', 1))
    assert "Q2_Air" in instrument.scoring().items


def test_an_instrument_without_item_or_index_is_refused() -> None:
    head = HOUSING[: HOUSING.index("[[factors]]")]
    with pytest.raises(InputError, match="there is no index; name one"):
        read_instrument(head)
    with pytest.raises(InputError, match="there is no item"):
        read_instrument(head.replace("questions = ", "# "))
