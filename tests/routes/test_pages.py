import httpx
import pytest

HTML = {"accept": "text/html,application/xhtml+xml"}


async def test_the_terminals_page_may_load_and_reach_nothing_but_this_service(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/kiosk/", "/kiosk/main.js", "/kiosk/messages/vi.json"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert answer.headers["cache-control"] == "no-cache"


async def test_a_browser_is_told_of_an_error_by_a_page_in_its_language(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/login", params={"lang": "en"}, headers=HTML)
    assert answer.status_code == 405
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/s/AAAAAAAAAAA/more", "/kiosk/nowhere", "/static/nowhere.css"])
async def test_a_browser_that_finds_no_page_is_told_so_kindly_in_both_languages(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path, headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.index("Không tìm thấy trang</h1>") < answer.text.index("Page not found</h1>")
    assert "noindex" in answer.headers["x-robots-tag"]


async def test_a_program_is_told_of_an_error_by_a_problem_document(client: httpx.AsyncClient) -> None:
    for path, headers in (("/nowhere", {}), ("/api/indices", HTML)):
        answer = await client.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


async def test_files_outside_the_kiosk_are_not_to_be_had(client: httpx.AsyncClient) -> None:
    for path in ("/kiosk/../sipas/app.py", "/kiosk/%2e%2e/sipas/app.py", "/static/%2e%2e/app.py"):
        assert (await client.get(path)).status_code == 404
