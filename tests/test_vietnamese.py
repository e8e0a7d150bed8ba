from sipas.vietnamese import sort_key


def in_order(*names: str) -> bool:
    backwards = names[::-1]
    return sorted(backwards, key=sort_key) == list(names)


def test_letters_come_in_the_order_of_the_vietnamese_alphabet() -> None:
    assert in_order("An", "Ăn", "Ân", "Ba", "Da", "Đa", "Em", "Êm", "Oa", "Ôa", "Ơa", "Pa", "Ua", "Ưa", "Va")


def test_tones_come_after_letters_and_in_their_own_order() -> None:
    assert in_order("ma", "mà", "mả", "mã", "má", "mạ", "man", "màn")


def test_a_tone_decides_only_between_words_with_the_same_letters() -> None:
    assert in_order("Phường Bạch Đằng", "Phường Bách Khoa", "Phường Bạch Mai")


def test_units_of_hanoi_stand_as_in_a_directory() -> None:
    assert in_order(
        "Phường Ba Đình",
        "Phường Bạch Mai",
        "Phường Đống Đa",
        "Phường Hoàn Kiếm",
        "Phường Ô Chợ Dừa",
        "Xã Đại Xuyên",
        "Xã Đan Phượng",
        "Xã Yên Bài",
    )


def test_numbers_in_names_come_by_their_value() -> None:
    assert in_order("Chi nhánh số 2", "Chi nhánh số 10", "Chi nhánh số 12")


def test_decomposed_letters_sort_as_composed_ones() -> None:
    assert sort_key("Đô\N{COMBINING DOT BELOW}i") == sort_key("Đội")


def test_other_letters_and_an_empty_name_have_a_place_too() -> None:
    assert in_order("", "-", "2", "A", "Ω")
