from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from sipas.queries.responses import ResponseRow
from sipas.survey.intake.submission import Refused, Submission, check_submission, digest, new_id
from tests.cast import BA_DINH, Town, submission


def judge(town: Town, **changes: object) -> ResponseRow | Refused:
    sent = msgspec.convert(submission(**changes), Submission, str_keys=True, strict=False)
    return check_submission(
        sent, town.catalogue, datetime.now(UTC), kiosk_id=town.kiosk.id, unit_id=town.kiosk.unit_id
    )


def test_a_valid_submission_becomes_a_row_in_instrument_order(town: Town) -> None:
    row = judge(town)
    assert isinstance(row, ResponseRow)
    assert len(row.answers) == 23
    assert row.answers[0] == 5
    assert row.answers[1:5] == (4, -3, -3, -3)
    assert row.answers[12] == -1
    assert row.answers[22] == -2


def test_text_is_kept_in_nfc_and_without_nul(town: Town) -> None:
    row = judge(town, comment="Cảm ơn\0", attributes={"sex": "Nữ"})
    assert isinstance(row, ResponseRow)
    assert row.comment == "Cảm ơn"
    assert row.attributes == {"sex": "Nữ"}


@pytest.mark.parametrize(
    ("seconds", "given", "flagged"),
    [(2.9, 3, True), (3.0, 3, False), (0.0, 6, True), (0.5, 2, False), (-5.0, 6, False), (40.0, 6, False)],
)
def test_a_survey_answered_faster_than_it_can_be_read_carries_a_flag(
    town: Town, seconds: float, given: int, flagged: bool
) -> None:
    now = datetime.now(UTC)
    items = ("overall", "access1", "procedures2", "officials3", "results1", "feedback4")
    answers = {item: 5 if place < given else None for place, item in enumerate(items)}
    row = judge(
        town,
        answers=answers,
        started_at=(now - timedelta(seconds=seconds)).isoformat(),
        submitted_at=now.isoformat(),
    )
    assert isinstance(row, ResponseRow)
    assert row.attributes == {"sex": "F"} | ({"flagged": "fast"} if flagged else {})


def test_no_terminal_sets_the_flag_itself(town: Town) -> None:
    refused = judge(town, attributes={"flagged": "fast"})
    assert isinstance(refused, Refused)
    assert refused.reason == "attributes"


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("unit", {"unit": "99999"}),
        ("unit", {"unit": BA_DINH}),
        ("instrument", {"instrument": "sipas-22@9"}),
        ("form", {"form": "long"}),
        ("procedure", {"procedure": "XX-99"}),
        ("answers", {"answers": {"overall": 6}}),
        ("answers", {"answers": {"overall": -3}}),
        ("answers", {"answers": {"nonsense": 4}}),
        ("answers", {"answers": {"access1": 4, "access2": 4}}),
        ("channel", {"channel": "telepathy"}),
        ("service_channel", {"service_channel": "pigeon"}),
        ("language", {"language": "fr"}),
        ("attributes", {"attributes": {f"a{i}": "x" * 64 for i in range(16)}}),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(
    town: Town, reason: str, changes: dict[str, object]
) -> None:
    refused = judge(town, **changes)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert refused.detail


@pytest.mark.parametrize("days", [-365, 365, 2])
def test_a_clock_far_from_the_servers_is_refused(town: Town, days: int) -> None:
    moment = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    refused = judge(town, submitted_at=moment, started_at=moment)
    assert isinstance(refused, Refused)
    assert refused.reason == "clock"


def test_a_moment_at_the_edge_of_time_is_refused_not_an_error(town: Town) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        for name in ("started_at", "submitted_at"):
            assert isinstance(judge(town, **{name: moment}), Refused)


def test_before_the_round_opened_there_was_no_round(town: Town) -> None:
    moment = (datetime.now(UTC) - timedelta(days=60)).isoformat()
    refused = judge(town, submitted_at=moment, started_at=moment)
    assert isinstance(refused, Refused)
    assert refused.reason == "round"


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    sent = submission()
    turned = dict(reversed(sent.items()))
    turned["answers"] = dict(reversed(sent["answers"].items()))
    one, other = (msgspec.json.decode(msgspec.json.encode(s), type=Submission) for s in (sent, turned))
    assert digest(one) == digest(other)
    assert digest(one) != digest(msgspec.structs.replace(one, comment="other"))


def test_ids_sort_by_their_moment_and_say_version_7() -> None:
    now = datetime.now(UTC)
    earlier, later = new_id(now), new_id(now + timedelta(seconds=1))
    assert earlier < later
    assert earlier.version == 7
    assert earlier != new_id(now)
