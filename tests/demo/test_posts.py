"""Citizens' answers as terminals submit them and browsers send them: the service accepts them all."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from sipas.demo.city import CITY_FOLDER
from sipas.demo.filling import draw_crowd
from sipas.demo.posts import BATCH, CLOSES, OPENS, Crowd, Visits
from sipas.survey.catalogue import LOCAL
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import code_answers
from sipas.survey.intake.submission import Submission

INSTRUMENT = read_instrument((CITY_FOLDER / "instrument.toml").read_bytes())
OPENED, NOW = datetime(2026, 3, 1, 17, tzinfo=UTC), datetime(2026, 4, 20, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return draw_crowd(INSTRUMENT, 3000, 1)


@pytest.fixture(scope="module")
def submissions(crowd: Crowd) -> list[Submission]:
    tokens = {unit.code: f"token of {unit.code}" for unit in crowd.strata.city.units}
    batches = list(crowd.kiosk_batches(tokens, Visits(OPENED, NOW, 1)))
    assert all(len(batch.submissions) <= BATCH for batch in batches)
    assert all(one["unit"] in batch.token for batch in batches for one in batch.submissions)
    return msgspec.convert([one for batch in batches for one in batch.submissions], list[Submission])


def test_every_citizen_is_heard_once(crowd: Crowd, submissions: list[Submission]) -> None:
    assert len(submissions) + sum(crowd.links_wanted().values()) == 3000
    assert len({one.id for one in submissions}) == len(submissions)


def test_answers_are_such_as_the_kiosk_form_may_ask(submissions: list[Submission]) -> None:
    sheet = Sheet(INSTRUMENT, INSTRUMENT.form_for("kiosk"))
    for one in submissions:
        assert not isinstance(code_answers(one.answers, sheet), str)
        assert len(one.answers) == 6


def test_a_terminal_numbers_its_submissions_in_the_order_of_time(submissions: list[Submission]) -> None:
    of_unit: dict[str, list[Submission]] = {}
    for one in submissions:
        of_unit.setdefault(one.unit, []).append(one)
    for mine in of_unit.values():
        assert [one.sequence for one in mine] == list(range(1, len(mine) + 1))
        assert mine == sorted(mine, key=lambda one: one.submitted_at)


def test_ids_are_of_version_7_and_tell_the_time_of_the_visit(submissions: list[Submission]) -> None:
    for one in submissions:
        assert one.id.version == 7
        assert one.id.int >> 80 == int(one.submitted_at.timestamp() * 1000)


def test_kiosks_are_used_in_office_hours_of_working_days_since_the_round_opened(
    submissions: list[Submission],
) -> None:
    for one in submissions:
        local = one.submitted_at.astimezone(LOCAL)
        assert OPENED < one.started_at < one.submitted_at < NOW
        assert OPENS <= local.time() <= CLOSES
        assert local.weekday() < 5


def test_in_a_round_that_opened_today_everybody_comes_now() -> None:
    assert Visits(NOW - timedelta(hours=3), NOW, 1).draw(2) == [NOW, NOW]


def test_a_link_goes_to_the_stratum_that_its_answer_is_about(crowd: Crowd) -> None:
    tokens = {h: [f"{h}-{n}" for n in range(count)] for h, count in crowd.links_wanted().items()}
    answers = list(crowd.link_answers(tokens))
    assert len({answer.token for answer in answers}) == len(answers) == sum(crowd.links_wanted().values())
    behind = [int(crowd.citizens.stratum[citizen]) for citizen in crowd.behind_links()]
    assert [int(answer.token.split("-")[0]) for answer in answers] == behind


def test_a_browser_sends_what_was_chosen_and_nothing_for_what_was_skipped(crowd: Crowd) -> None:
    tokens = {h: ["t"] * count for h, count in crowd.links_wanted().items()}
    forms = [answer.form for answer in crowd.link_answers(tokens)]
    assert set().union(*(form.values() for form in forms)) == {"1", "2", "3", "4", "5", "NA"}
    assert any(len(form) < 23 for form in forms)
    assert sum(len(form) == 23 for form in forms) > 100
