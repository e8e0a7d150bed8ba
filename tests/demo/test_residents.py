"""Residents' answers to `sipas-2026`: the forms accept them, and the intervals cover the truth."""

from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from sipas.demo.residents.filling import draw_posts, residents_for
from sipas.demo.residents.model import ANSWER_CHANNELS, TABLET, WEB, ResidentModel, draw_residents_model
from sipas.demo.residents.people import Residents, draw_residents
from sipas.demo.residents.places import COMMUNES, Address, read_places
from sipas.demo.residents.posts import ResidentPosts
from sipas.demo.residents.truth import IndicatorTruth, indicator_truths, weight_shares
from sipas.instruments import find_shipped
from sipas.report.indices.indices import prepare, rows
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats import Column, Frame, IndexNode, build_cells
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.intake.answer_coding import NOT_ASKED, code_answers
from sipas.survey.interviews.answers import Interview
from sipas.survey.links.survey_flow import SurveyFlow
from sipas.survey.links.survey_page import FORM, PAGE
from sipas.survey.tokens import draw_seed

SHIPPED = find_shipped("sipas-2026")
assert SHIPPED is not None
INSTRUMENT = read_instrument(SHIPPED.read_bytes())
PLACES = read_places()
CODES = [unit.code for unit in PLACES.communes]
NOW = datetime(2026, 4, 20, 3, tzinfo=UTC)
SECRET = b"secret"


@pytest.fixture(scope="module")
def model() -> ResidentModel:
    return draw_residents_model(len(PLACES.communes), INSTRUMENT)


@pytest.fixture(scope="module")
def posts() -> ResidentPosts:
    return draw_posts(INSTRUMENT, 300, 1)


def test_half_answer_behind_links_and_a_fifth_with_an_interviewer(posts: ResidentPosts) -> None:
    assert np.bincount(posts.residents.channel).tolist() == [150, 90, 60]
    assert [residents_for(n) for n in (1, 300, 20_000, 500_000)] == [1, 45, 3_000, 3_000]


def test_two_villages_are_drawn_in_each_commune_and_twelve_households_in_each() -> None:
    addresses = Address.all_of(PLACES)
    assert len(addresses) == COMMUNES * 2 * 12
    assert len({(one.commune, one.village) for one in addresses}) == COMMUNES * 2
    assert len({unit.code for unit in PLACES.communes}) == COMMUNES


def test_an_interviewer_visits_a_household_once(posts: ResidentPosts) -> None:
    residents = posts.residents
    assert sorted(residents.addresses) == residents.over(TABLET)
    assert all(residents.commune[one] == at.commune for one, at in residents.addresses.items())


def test_the_same_seed_gives_the_same_residents(model: ResidentModel) -> None:
    one, same, other = (draw_residents(model, PLACES, INSTRUMENT, 50, seed) for seed in (1, 1, 2))
    assert one.answers == same.answers
    assert one.answers != other.answers


def test_a_tablet_sends_complete_answers_to_the_household_form(posts: ResidentPosts) -> None:
    batches = list(posts.tablet_batches("token", [NOW] * 60))
    assert {batch.path for batch in batches} == {"/api/interviews/answers"}
    interviews = msgspec.convert([one for batch in batches for one in batch.submissions], list[Interview])
    assert len({one.questionnaire for one in interviews}) == 60
    for one in interviews:
        coded = code_answers(one.answers, posts.sheets[TABLET])
        assert not isinstance(coded, str)
        assert not coded.missing
        assert {"sex", "age", "education"} <= coded.attributes.keys()


def test_a_browser_sends_the_sections_that_its_link_drew(posts: ResidentPosts) -> None:
    wanted = posts.links_wanted()
    tokens = {unit: [f"{unit}-{n}" for n in range(count)] for unit, count in wanted.items()}
    answers = list(posts.link_answers(tokens, SECRET))
    assert len(answers) == sum(wanted.values()) == 150
    for one in answers:
        flow = SurveyFlow(posts.sheets[0], draw_seed(one.token, SECRET))
        progress = flow.advance(*_split(one.form))
        assert progress.finished
        assert len(progress.answers) == len(one.form) - 1


def test_a_poster_s_form_is_filled_in_to_its_end(posts: ResidentPosts) -> None:
    answers = list(posts.poster_answers(dict.fromkeys(CODES, "ABC")))
    assert len(answers) == 90
    for one in answers:
        assert FORM not in one.form  # it comes from the page
        assert SurveyFlow(posts.sheets[WEB], b"").advance(*_split(one.form)).finished


def _split(form: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    return {name: value for name, value in form.items() if name != PAGE}, {PAGE: form[PAGE]}


def test_the_truth_of_a_node_is_the_mean_of_its_children(model: ResidentModel) -> None:
    """All weight on the posters of the first commune."""
    share = np.zeros((COMMUNES, len(ANSWER_CHANNELS)))
    share[0, WEB] = 7.0
    expected = model.mix[WEB] @ model.chances[0, WEB]
    assert model.truth(share) == pytest.approx(expected)
    users = np.flatnonzero(model.kinds[:, 2] == 1)
    mix = model.mix[WEB, users] / model.mix[WEB, users].sum()
    assert model.truth(share, users) == pytest.approx(mix @ model.chances[0, WEB, users])


def source_of(residents: Residents, seed: int) -> Source:
    """The round as the database would hold it, without sending the answers there."""
    random = np.random.default_rng(seed)
    scoring = INSTRUMENT.scoring()
    answers = np.full(residents.rated.shape, NOT_ASKED, np.int16)
    for person, channel in enumerate(residents.channel.tolist()):
        form = INSTRUMENT.form_for(ANSWER_CHANNELS[channel])
        flow = SurveyFlow(SHEETS[form.id], random.bytes(8))
        asked = {item.id for page in flow.pages for part in page for item in part.items}
        places = [place for place, item in enumerate(scoring.items) if item in asked]
        answers[person, places] = residents.rated[person, places]
    channel = residents.channel.astype(np.int32)
    forms = tuple(INSTRUMENT.form_for(name).id for name in ANSWER_CHANNELS)
    columns = {
        "unit": Column(residents.commune.astype(np.int32), tuple(CODES)),
        "channel": Column(channel, ANSWER_CHANNELS),
        "form": Column(channel, forms),
    }
    every = Column(np.arange(COMMUNES, dtype=np.int32), tuple(CODES))
    return Source(
        name="residents",
        instrument=INSTRUMENT,
        strata=("unit",),
        cells=build_cells(scoring, answers, columns),
        frame=Frame({"unit": every}, PLACES.adults),
        index="tree",
    )


SHEETS = {sheet.form.id: sheet for sheet in draw_posts(INSTRUMENT, 1, 1).sheets}


def truths(model: ResidentModel, seed: int, by: tuple[str, ...] = ()) -> list[IndicatorTruth]:
    source = source_of(draw_residents(model, PLACES, INSTRUMENT, 3_000, seed), seed)
    prepared = prepare(EstimateRequest(measure="all", by=(by,)), source)
    tree = prepared.definition.tree
    assert isinstance(tree, IndexNode)
    found: list[IndicatorTruth] = []
    channels = [(name,) for name in ANSWER_CHANNELS] if by else [ANSWER_CHANNELS]
    for chosen in channels:
        mine = [row for row in rows(prepared, by) if row.by.get("channel") in (None, *chosen)]
        share = weight_shares(prepared, PLACES, chosen)
        found += indicator_truths(model, share, mine, tree, "tree")
    return found


def test_95_percent_intervals_of_the_51_indicators_cover_the_truth(model: ResidentModel) -> None:
    """The answers of one person are alike, so the 51 intervals of a seed miss together."""
    judged = [one.covered for seed in range(1, 5) for one in truths(model, seed)]
    assert len(judged) == 4 * 51
    assert None not in judged
    assert 0.88 <= np.mean([bool(one) for one in judged]) <= 1.0


def test_the_intervals_of_each_answer_channel_cover_its_own_truth(model: ResidentModel) -> None:
    judged = [one.covered for seed in range(1, 3) for one in truths(model, seed, ("channel",))]
    assert len(judged) == 2 * 51 * len(ANSWER_CHANNELS)
    assert np.mean([bool(one) for one in judged]) >= 0.88
