"""sipas comments: what people wrote, masked and found with and without diacritics."""

from datetime import UTC, datetime

import pytest

from sipas.postgres.pool import Connection
from tests.cli.conftest import Sipas

_STORE = """
    insert into response (id, round_id, unit_id, submitted_at, complete, channel, form, language, answers,
        comment, texts, time_kept, digest)
    select gen_random_uuid(), round.id, unit.id, $3, true, $4, 'kiosk', 'vi', '{}', $2,
        $5::text::jsonb, $6, '\\x'
    from round, unit where round.code = 'autumn' and unit.code = $1"""


@pytest.fixture
async def written(city: Sipas, conn: Connection) -> Sipas:
    day = datetime(2025, 10, 5, tzinfo=UTC)
    await conn.execute(_STORE, "S01", "Chờ lâu, nhưng chị Hoa rất tốt", day, "kiosk", None, None)
    await conn.execute(_STORE, "S02", "=Ghế ít", day, "kiosk", None, None)
    await conn.execute(_STORE, "S02", None, day, "sms", '{"reason_other": "Cho lau qua"}', "round")
    return city


def test_comments_are_listed_masked_without_ids_and_times(written: Sipas) -> None:
    outcome = written("comments", "--round", "autumn")
    assert "3 of 3 comments of round autumn" in outcome.err
    found = {one["comment"]: one for one in outcome.json}
    assert found["Chờ lâu, nhưng chị [tên] rất tốt"] == {
        "unit": "S01",
        "unit_name": "Văn phòng Ủy ban nhân dân thành phố",
        "channel": "kiosk",
        "month": "2025-10",
        "question": "",
        "comment": "Chờ lâu, nhưng chị [tên] rất tốt",
    }
    assert (found["Cho lau qua"]["question"], found["Cho lau qua"]["month"]) == ("reason_other", "")
    unmasked = written("comments", "--round", "autumn", "--unmasked", "--unit", "S01").json
    assert [one["comment"] for one in unmasked] == ["Chờ lâu, nhưng chị Hoa rất tốt"]


@pytest.mark.parametrize("words", ["chờ lâu", "cho lau", "LÂU chờ"])
def test_comments_are_found_with_and_without_diacritics(written: Sipas, words: str) -> None:
    assert len(written("comments", "--round", "autumn", "--search", words).json) == 2
    assert (
        written("comments", "--round", "autumn", "--search", words, "--channel", "sms").json[0]["unit"]
        == "S02"
    )


def test_what_is_masked_is_not_found(written: Sipas) -> None:
    assert written("comments", "--round", "autumn", "--search", "Hoa").json == []


def test_a_formula_in_a_comment_stays_text_in_csv(written: Sipas) -> None:
    assert "'=Ghế ít" in written("comments", "--round", "autumn", "--format", "csv").out


def test_an_unknown_unit_is_named(written: Sipas) -> None:
    outcome = written("comments", "--round", "autumn", "--unit", "S99")
    assert (outcome.exit_code, outcome.err) == (2, "error: --unit: there is no unit S99\n")
