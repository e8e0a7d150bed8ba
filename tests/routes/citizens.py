"""Citizens who answer through the interface."""

from datetime import UTC, datetime

import httpx
import msgspec

from sipas.demo.residents.filling import draw_posts
from sipas.instruments import find_shipped
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.intake.submission import Submission
from tests.cast import HOAN_KIEM, Town, submission


async def answer(client: httpx.AsyncClient, town: Town, *scores: int) -> None:
    """Citizens at the terminal in Hoàn Kiếm."""
    sent = [submission(answers={"overall": score}, sequence=place) for place, score in enumerate(scores)]
    key = {"authorization": f"Bearer {town.token}"}
    answered = await client.post("/api/submissions", json=sent, headers=key)
    assert {one["status"] for one in answered.json()["results"]} == {"stored"}


async def answer_at_home(client: httpx.AsyncClient, town: Town, people: int) -> None:
    """Residents of Hoàn Kiếm answer the household form of `sipas-2026`."""
    shipped = find_shipped("sipas-2026")
    assert shipped is not None
    posts = draw_posts(read_instrument(shipped.read_bytes()), 5 * people, 1)
    batches = posts.tablet_batches("", [datetime.now(UTC)] * people)
    interviews = [one for batch in batches for one in batch.submissions]
    known = {field.name for field in msgspec.structs.fields(Submission)}
    sent = [
        {**{name: value for name, value in one.items() if name in known}, "unit": HOAN_KIEM}
        for one in interviews
    ]
    key = {"authorization": f"Bearer {town.token}"}
    answered = await client.post("/api/submissions", json=sent, headers=key)
    assert {one["status"] for one in answered.json()["results"]} == {"stored"}
