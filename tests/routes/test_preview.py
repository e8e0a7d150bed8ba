"""A preview: the real pages and the real kiosk's requests, without a database."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import msgspec
import pytest

from sipas.http_server import embedded_server, reserve_port
from sipas.instruments import find_shipped
from sipas.preview_app import create_preview_app
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.preview import Preview
from tests.routes.test_long_form import filled, go_through, part
from tests.serving import client_of

BANNER = '<span lang="vi">Bản xem thử</span> · <span lang="en">Preview</span>'
DROPPED = (
    "câu trả lời đã được kiểm tra nhưng không được lưu lại",
    "your answers were checked, and nothing was stored",
)


def _shipped(name: str) -> Instrument:
    path = find_shipped(name)
    assert path is not None
    return read_instrument(path.read_bytes())


@pytest.fixture
def preview() -> Preview:
    return Preview(_shipped("sipas-2026"))


@pytest.fixture
async def client(preview: Preview) -> AsyncIterator[httpx.AsyncClient]:
    app = create_preview_app(preview, "http://test")
    with reserve_port("127.0.0.1", 0) as port:
        async with (
            embedded_server(app, port),
            client_of(f"http://127.0.0.1:{port.getsockname()[1]}") as client,
        ):
            yield client


async def _enrolled(client: httpx.AsyncClient, preview: Preview) -> dict[str, str]:
    answer = await client.post("/api/kiosk/enrol", json={"code": preview.code.lower()})
    assert answer.json()["unit"] == "preview"
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def test_a_form_is_answered_to_its_end_and_nothing_is_stored(client: httpx.AsyncClient) -> None:
    page = await client.get("/s/full?lang=en")
    assert BANNER in page.text
    assert await go_through(client, "/s/full?lang=en", page) == list(range(1, 17))
    draft = await client.post("/s/full", data={"sex": "F", "Draft": "1"})
    assert (draft.status_code, draft.content) == (204, b"")
    assert " checked" not in (await client.get("/s/full")).text


async def test_the_last_page_says_in_both_languages_that_nothing_was_stored(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/s/kiosk")
    while part(page) or "<fieldset" in page.text:
        assert BANNER in page.text
        page = await client.post("/s/kiosk", data=filled(page))
    assert BANNER in page.text
    assert all(words in page.text for words in DROPPED)
    assert "đã được ghi nhận" not in page.text


async def test_answers_are_checked_and_a_visit_keeps_its_draws(client: httpx.AsyncClient) -> None:
    page = await client.get("/s/sms")
    missing = await client.post("/s/sms", data=filled(page, without="age"))
    assert (missing.status_code, '<a href="#age">' in missing.text) == (422, True)
    wrong = await client.post("/s/sms", data={**filled(page), "sex": "X"})
    assert (wrong.status_code, '<a href="#sex">' in wrong.text) == (422, True)
    english = await client.post("/s/sms", data={**filled(page), "Language": "en"})
    assert "What is your sex?" in english.text
    assert await go_through(client, "/s/sms", english) == [1, 2, 3, 4]


async def test_the_longer_form_takes_along_what_was_answered(client: httpx.AsyncClient) -> None:
    short = await client.get("/s/sms")
    longer = await client.post("/s/sms", data={**filled(short), "age": "over-60", "Longer": "1"})
    assert 'name="ethnicity"' in longer.text
    assert " checked" in longer.text
    assert await go_through(client, "/s/sms", longer) == list(range(1, 17))


async def test_a_kiosk_enrols_asks_and_gets_its_answers_acknowledged(
    client: httpx.AsyncClient, preview: Preview
) -> None:
    token = await _enrolled(client, preview)
    config = (await client.get("/api/kiosk/config", headers=token)).json()
    assert (config["preview"], config["unit"]["code"], config["form"]["id"]) == (True, "preview", "kiosk")
    heard = await client.post("/api/kiosk/heartbeat", headers=token, json={"queue": 0})
    assert heard.status_code == 204
    item = config["form"]["steps"][-1]["items"][0]
    good = {
        **{"id": str(UUID(int=7 << 76 | 2 << 62)), "instrument": "sipas-2026@1", "form": "kiosk"},
        **{"channel": "kiosk", "unit": "preview", "language": "vi", "complete": True, "answers": {item: 5}},
        **{"started_at": "2026-12-01T08:00:00+07:00", "submitted_at": "2026-12-01T08:01:00+07:00"},
    }
    bad = {**good, "id": str(UUID(int=8 << 76)), "answers": {item: 9}}
    answer = await client.post("/api/submissions", headers=token, json=[good, bad])
    results = [(one["status"], one["reason"]) for one in answer.json()["results"]]
    assert results == [("stored", None), ("quarantined", "answers")]


async def test_answers_for_another_server_stay_on_the_terminal(
    client: httpx.AsyncClient, preview: Preview
) -> None:
    token = await _enrolled(client, preview)
    answer = await client.post("/api/submissions", headers=token, json=[{"id": "1", "unit": "00070"}])
    assert answer.status_code == 403
    assert (await client.post("/api/submissions", json=[{}])).status_code == 401
    assert (await client.get("/api/kiosk/config", headers={"authorization": "Bearer x"})).status_code == 401
    assert (await client.post("/api/kiosk/enrol", json={"code": "AAAA-BBBB-CCCC"})).status_code == 404


async def test_every_other_page_carries_the_mark(client: httpx.AsyncClient, preview: Preview) -> None:
    browser = {"accept": "text/html"}
    start = await client.get("/?lang=en", headers=browser)
    assert [f'href="/s/{form}?lang=en"' in start.text for form in ("household", "full", "kiosk", "sms")] == [
        True
    ] * 4
    assert f'href="/kiosk/#{preview.code}"' in start.text
    unknown = await client.get("/s/other", headers=browser)
    assert (unknown.status_code, BANNER in unknown.text) == (404, True)
    assert "has no form" in unknown.text
    nothing = await client.get("/nothing", headers=browser)
    assert (nothing.status_code, BANNER in nothing.text) == (404, True)
    assert (await client.get("/kiosk/")).status_code == 200


def test_a_form_that_a_kiosk_cannot_ask_is_shown_on_the_phone_alone() -> None:
    instrument = _shipped("sipas-2026")
    shown = Preview(instrument, next(form for form in instrument.all_forms() if form.id == "household"))
    assert shown.fits_kiosk == instrument.fits_terminals(shown.kiosk_form)
    unfit = Preview(msgspec.structs.replace(instrument, forms=()))
    assert unfit.fits_kiosk or unfit.kiosk_config()["round"] is None
