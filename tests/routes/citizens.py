"""Citizens who answer through the interface."""

import httpx

from tests.cast import Town, submission


async def answer(client: httpx.AsyncClient, town: Town, *scores: int) -> None:
    """Citizens at the terminal in Hoàn Kiếm."""
    sent = [submission(answers={"overall": score}, sequence=place) for place, score in enumerate(scores)]
    key = {"authorization": f"Bearer {town.token}"}
    answered = await client.post("/api/submissions", json=sent, headers=key)
    assert {one["status"] for one in answered.json()["results"]} == {"stored"}
