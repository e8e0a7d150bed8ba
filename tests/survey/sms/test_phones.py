import pytest

from sipas.survey.sms.phones import PhoneError, hash_phone, parse_phone


@pytest.mark.parametrize(
    "written",
    [
        "0912345678", "0912 345 678", "+84 912-345-678", "+84 (0)912 345 678", "0084912345678", "84912345678",
        "912345678",  # as a spreadsheet leaves it
        " 0912.345.678 ",
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
        ("01689123456", "malformed"),  # of eleven digits, as before 2018
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
