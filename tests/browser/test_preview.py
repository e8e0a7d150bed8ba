"""The kiosk in a preview: it starts by itself, and says that nothing was stored."""

from playwright.async_api import Page, expect

from sipas.http_server import embedded_server, reserve_port
from sipas.instruments import find_shipped
from sipas.preview_app import create_preview_app
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.preview import Preview
from tests.browser.axe import violations


async def test_the_kiosk_of_a_preview_starts_without_a_typed_code_and_stores_nothing(page: Page) -> None:
    path = find_shipped("one-stop-9")
    assert path is not None
    preview = Preview(read_instrument(path.read_bytes()))
    with reserve_port("127.0.0.1", 0) as port:
        address = f"http://127.0.0.1:{port.getsockname()[1]}"
        async with embedded_server(create_preview_app(preview, address), port):
            await page.goto(f"{address}/kiosk/#{preview.code}")
            await page.get_by_role("button", name="Bắt đầu").click()
            await expect(page.locator("#preview")).to_have_text("Bản xem thửPreview")
            assert await violations(page) == []
            async with page.expect_response("**/api/submissions") as answer:
                for number in range(1, 10):
                    await expect(page.locator(".steps .spoken")).to_have_text(f"Câu {number} trong 9 câu")
                    await page.locator(".answer").first.click()
            await expect(page.locator(".message")).to_contain_text("câu trả lời không được lưu lại")
            assert [one["status"] for one in (await (await answer.value).json())["results"]] == ["stored"]
