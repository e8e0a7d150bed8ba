"""Texts, what they cost, and when they may go out."""

from datetime import UTC, datetime, time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.demo.city import read_city
from sipas.queries.messages import MessageKind
from sipas.survey.messaging.config import HttpGateway, SmsConfig
from sipas.survey.messaging.opt_out_words import asks_to_stop
from sipas.survey.messaging.quiet_hours import QuietHours
from sipas.survey.messaging.segments import segment
from sipas.survey.messaging.texts import Wording, compose, link_address, promises_reply, without_marks

ADDRESS = "https://hailong.hanoi.gov.vn"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("a" * 160, "gsm-7", 160, 1), ("a" * 161, "gsm-7", 161, 2), ("a" * 306, "gsm-7", 306, 2),
        ("a" * 307, "gsm-7", 307, 3), ("€" * 80, "gsm-7", 160, 1), ("€" * 81, "gsm-7", 162, 2),
        ("a" * 152 + "€" + "a" * 10, "gsm-7", 164, 2), ("à" * 160, "gsm-7", 160, 1),
        ("ạ" * 70, "ucs-2", 70, 1), ("ạ" * 71, "ucs-2", 71, 2), ("ạ" * 134, "ucs-2", 134, 2),
        ("ạ" * 135, "ucs-2", 135, 3), ("🏛" * 35, "ucs-2", 70, 1), ("🏛" * 36, "ucs-2", 72, 2),
        ("ạ" * 66 + "🏛" * 34, "ucs-2", 134, 3), ("`", "ucs-2", 1, 1), ("", "gsm-7", 0, 1),
    ],
)  # fmt: skip
def test_segments_are_counted_as_providers_charge_them(
    text: str, encoding: str, units: int, parts: int
) -> None:
    found = segment(text)
    assert (found.encoding, found.units, len(found.parts)) == (encoding, units, parts)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_no_character_is_split_between_segments_or_lost(text: str) -> None:
    found = segment(text)
    if found.encoding == "ucs-2":
        assert "".join(part.decode("utf-16-be") for part in found.parts) == text
    else:
        assert sum(map(len, found.parts)) == found.units
        assert not any(part.endswith(b"\x1b") for part in found.parts)
    assert all(len(part) <= (153 if found.encoding == "gsm-7" else 134) for part in found.parts[1:])


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", ["invitation", "reminder"])
@pytest.mark.parametrize("takes_replies", [True, False])
def test_the_plain_form_of_every_commune_fits_one_segment(
    language: str, kind: MessageKind, takes_replies: bool
) -> None:
    communes = [unit.name for unit in read_city().units if unit.type == "commune"]
    assert len(communes) > 100
    url = link_address(ADDRESS, "abcdefghijk", language)
    for name in communes:
        text = compose(kind, language, {}, unit=name, url=url, plain=True, takes_replies=takes_replies)
        found = segment(text)
        assert (found.encoding, len(found.parts)) == ("gsm-7", 1), text


def test_a_link_opens_in_the_language_of_its_message() -> None:
    assert link_address("https://x.vn", "abc", "en") == "https://x.vn/s/abc?lang=en"
    for language in ("vi", "fr"):  # whose messages are in Vietnamese
        assert link_address("https://x.vn", "abc", language) == "https://x.vn/s/abc"


def test_an_office_s_own_words_are_used_and_must_name_the_link() -> None:
    own = {"vi": Wording(invitation="Mời Ông/Bà {url} ({unit})")}
    assert compose("invitation", "vi", own, unit="{url}", url="U", plain=False) == "Mời Ông/Bà U ({url})"
    assert "reply TC" in compose("reminder", "en", own, unit="X", url="U", plain=True)
    assert "Tu choi" in compose("invitation", "fr", {}, unit="X", url="U", plain=True)
    for wrong in ('invitation = "không có"', 'invitation = "{url} {phone}"', 'invitations = "{url}"'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.toml.decode(wrong, type=Wording)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_our_texts_promise_a_reply_only_where_the_sender_takes_one(language: str, kind: MessageKind) -> None:
    for takes_replies in (True, False):
        text = compose(kind, language, {}, unit="X", url="U", plain=True, takes_replies=takes_replies)
        assert promises_reply(text) == takes_replies, text


@pytest.mark.parametrize(
    "words",
    [
        "{url} Từ chối: soạn TC", "{url} To stop, reply TC", "{url} text STOP to 1551", "{url} Từ chối: TC",
        "{url} Soạn tin HỦY gửi 1551", "{url} nhắn tc", "{url} tra loi Tu choi", "{url} STOP to opt out",
    ],
)  # fmt: skip
def test_a_text_that_promises_a_reply_is_refused_where_the_sender_takes_none(words: str) -> None:
    file = f'takes_replies = false\n[texts.en]\nreminder = "{words}"'
    with pytest.raises(
        msgspec.ValidationError, match=r"\[texts.en\] reminder .* takes_replies is false; take"
    ):
        msgspec.toml.decode(file, type=SmsConfig)
    assert msgspec.toml.decode(file.replace("false", "true"), type=SmsConfig).offers_replies


def test_a_text_that_points_to_the_page_is_taken_where_the_sender_takes_no_replies() -> None:
    for words in (
        "{url} Từ chối: cuối trang",
        "{url} To stop: see page",
        "{url} Không nhận tin: dừng ở trang",
    ):
        assert SmsConfig(takes_replies=False, texts={"vi": Wording(invitation=words)})


def test_replies_that_may_never_come_are_warned_of_until_the_setting_is_there() -> None:
    gateway = HttpGateway("https://x", {})
    assert "cannot answer the name 'HANOI'" in str(SmsConfig(sender="HANOI").replies_warning)
    assert "[http.callback]" in str(SmsConfig("http", http=gateway).replies_warning)
    assert SmsConfig(sender="8049").replies_warning is None
    for stated in (True, False):
        assert SmsConfig(sender="HANOI", takes_replies=stated).replies_warning is None


def test_plain_vietnamese_has_no_marks() -> None:
    assert without_marks("Đường Trần Hưng Đạo – “Ưỡn ẹo” ý, ỳ, ỵ") == 'Duong Tran Hung Dao - "Uon eo" y, y, y'


@pytest.mark.parametrize(
    "text", ["STOP", "stop", " TC ", "tc.", "Tc!", "TỪ CHỐI", "tu choi nhan tin", "Huỷ", "TC TIN"]
)
def test_words_that_ask_to_be_left_alone(text: str) -> None:
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text", ["", "Cam on", "Xin dung", "tccc", "Khong stop", "5", "Toi tu choi tra loi a?"]
)
def test_words_that_do_not(text: str) -> None:
    assert not asks_to_stop(text)


def test_quiet_hours_end_where_the_day_begins_in_hanoi() -> None:
    quiet = QuietHours()
    evening = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 21:00 in Hanoi
    assert quiet.is_quiet(evening)
    assert not quiet.is_quiet(evening.replace(hour=13, minute=59))
    assert quiet.is_quiet(evening.replace(hour=0, minute=29))
    assert not quiet.is_quiet(evening.replace(hour=0, minute=30))
    assert not QuietHours(time(9), time(9)).is_quiet(evening)
    assert QuietHours(time(12), time(13)).is_quiet(evening.replace(hour=5, minute=30))
