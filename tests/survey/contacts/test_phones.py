import pytest

from sipas.survey.contacts.phones import PhoneError, hash_phone, parse_phone


@pytest.mark.parametrize(
    "written",
    [
        "0912345678", "0912 345 678", "+84 912-345-678", "+84 (0)912 345 678", "0084912345678", "84912345678",
        "912345678",  # as a spreadsheet leaves it
        " 0912.345.678 ",
        "'0912345678", '="0912345678"', '"0912345678"', "912345678.0", "84912345678.0", "0912345678.00",
        "9.12345678E+08", "8.4912345678E+10", "9,12345678e8", "\ufeff0912345678", "0912\u00a0345\u00a0678",
        "\u202a0912345678\u202c", "0912\u200b345678", "０９１２３４５６７８",
        "0912–345–678", "0912\u2011345\u2212678", "ĐT: 0912345678", "SĐT 0912 345 678", "đt.: 0912345678",
        "Điện thoại: 0912345678", "Zalo: 0912345678", "tel:+84912345678", "0912345678 (vợ)",
        "(con gái) 0912345678",
        "SĐT: 0912–345–678 (chị Lan)",
    ],
)  # fmt: skip
def test_a_mobile_number_is_read_in_every_usual_form(written: str) -> None:
    assert parse_phone(written) == "+84912345678"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("024 3825 3536", "landline"), ("+84 24 3825 3536", "landline"),
        ("+44 20 7183 8750", "foreign"), ("0085620212345", "foreign"),
        ("", "malformed"), ("0", "malformed"), ("abc", "malformed"), ("09123456789", "malformed"),
        ("113", "malformed"),
        ("0612345678", "malformed"),  # in no network
        ("9.12E+08", "rounded"), ("9,12E+08", "rounded"), ("8.49E+10", "rounded"), ("9E8", "rounded"),
        ("0912345678 / 0987654321", "several"), ("0912345678;0987654321", "several"),
        ("0912345678, 024 3825 3536", "several"), ("0912345678 0987654321", "several"),
        ("0912345678 - 0987654321", "several"), ("09123456780987654321", "several"),
        ("0912345678\n0987654321", "several"), ("0912345678 hoặc 0987654321", "several"),
        ("ĐT: 0912345678 (vợ) 0987654321", "several"), ("0912345678 (máy lẻ 12)", "malformed"),
        ("0912345678 – 0987654321", "several"), ("ĐT: 024 3825 3536", "landline"),
        ("Nguyễn Văn A", "malformed"), ("0912345", "malformed"), ("1.5", "malformed"),
        ("0169912345", "malformed"),
        ("٠٩١٢٣٤٥٦٧٨", "malformed"), ("+" + "9" * 5000, "malformed"), ("0912345678\0", "malformed"),
    ],
)  # fmt: skip
def test_what_no_message_reaches_is_refused_with_its_reason_and_not_repeated(
    written: str, fault: str
) -> None:
    with pytest.raises(PhoneError) as refused:
        parse_phone(written)
    assert refused.value.fault == fault
    assert len(written) < 8 or written not in str(refused.value)


def test_hashes_for_two_purposes_or_under_two_keys_do_not_meet() -> None:
    phone = "+84912345678"
    hashes = {
        hash_phone(phone, secret, purpose) for secret in (b"one", b"other") for purpose in ("opt-out", "1")
    }
    assert len(hashes) == 4
    assert hash_phone(phone, b"one", "1") == hash_phone(phone, b"one", "1")


@pytest.mark.parametrize(
    ("written", "now"),
    [
        ("01689123456", "+84389123456"), ("1689123456", "+84389123456"), ("+841689123456", "+84389123456"),
        ("0120 456 7890", "+84704567890"), ("0123.4567890", "+84834567890"), ("0199 1234567", "+84591234567"),
        ("0186 1234567", "+84561234567"), ("1.689123456E+09", "+84389123456"),
    ],
)  # fmt: skip
def test_a_prefix_of_before_2018_becomes_the_one_that_replaced_it(written: str, now: str) -> None:
    assert parse_phone(written) == now
