from collections import Counter

from sipas.survey.links.shared_attributes import shared_attributes


def test_each_combination_that_is_kept_is_shared_by_k() -> None:
    answers = [
        {"sex": "FM"[n % 2], "age": str(n % 7 + n // 60), "option_order": "reversed"} for n in range(64)
    ]
    kept = shared_attributes(answers, 5)
    combinations = Counter((one.get("sex"), one.get("age")) for one in kept)
    assert min(combinations.values()) >= 5
    assert sum("age" in one for one in kept) > 30
    assert all(one["option_order"] == "reversed" for one in kept)
    assert all(one.items() <= answer.items() for one, answer in zip(kept, answers, strict=True))


def test_attributes_of_a_small_group_are_left_out() -> None:
    assert shared_attributes([{"sex": "F"}] * 4, 5) == [{}] * 4
    assert shared_attributes([{"sex": "F"}] * 5 + [{"sex": "M"}], 5) == [{}] * 6
