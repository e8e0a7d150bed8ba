import pytest

from sipas.tables.item_columns import ItemColumns, look_alikes


@pytest.mark.parametrize(
    ("item", "column"),
    [
        *(("q2", "Q2"), ("q2", "q-2"), ("access1", "Access 01"), ("thai_do", "Thái độ")),
        *(("q2", "q2_other"), ("access1", "acess1"), ("access1", "accses1"), ("results", "result")),
        ("satisfaction", "satisfacton_"),
    ],
)
def test_a_column_of_nearly_the_same_name_looks_like_the_item(item: str, column: str) -> None:
    assert look_alikes([item], ["sex", column]) == {item: column}


@pytest.mark.parametrize(
    ("item", "column"),
    [
        ("q2", "q12"),
        ("q2", "q1"),
        ("q1", "q1a"),
        ("q12", "q1_2"),
        ("access1", "access2"),
        ("q2", "ward"),
        ("in", "on"),
    ],
)
def test_another_number_or_word_is_another_column(item: str, column: str) -> None:
    assert look_alikes([item], [column]) == {}


def test_the_nearest_column_is_taken_and_no_column_twice() -> None:
    assert look_alikes(["f1q1", "f1q2"], ["f1q1_b", "F1Q1", "F1Q2"]) == {"f1q1": "F1Q1", "f1q2": "F1Q2"}


def test_an_item_and_a_column_of_its_name_in_other_capitals_are_refused() -> None:
    problem = ItemColumns(["q1", "q2"]).problem(["q1", "q2", "Q1"], {"q1"})
    assert problem == "columns q1 and Q1 differ in capitals only; delete or rename the one that is no item"
