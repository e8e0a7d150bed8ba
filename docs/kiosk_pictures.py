"""Take the pictures of docs/guides/kiosks.md, except the page of kiosks, from a running demonstration:

.venv/bin/sipas demo | .venv/bin/python docs/kiosk_pictures.py
"""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures" / "kiosk"
SIPAS = Path(__file__).parent.parent / ".venv" / "bin" / "sipas"
SETTINGS = """
pin = "482913"
scan = true
speech = true
note = { vi = "Nhờ góp ý, phòng chờ có thêm ghế.", en = "Thanks to you there are more seats." }
"""
# A headless browser has none.
VOICES = """speechSynthesis.getVoices = () =>
    [{ lang: "vi-VN", localService: true }, { lang: "en-GB", localService: true }];
    speechSynthesis.speak = () => {};"""
TALL, WIDE, TABLET = (1080, 1920), (1280, 800), (768, 1024)


def main() -> None:
    address = read_address()
    subprocess.run([SIPAS, "kiosk", "configure", "/dev/stdin"], input=SETTINGS, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=0.5, has_touch=True, locale="vi-VN")
        page.add_init_script(VOICES)
        page.clock.install()
        page.goto(address)
        page.wait_for_selector("#begin-vi")
        take_vietnamese(page)
        take_english(page)
        take_operator(page)
        browser.close()


def read_address() -> str:
    """Return the kiosk's address, once `sipas demo` has printed its last line."""
    addresses: dict[str, str] = {}
    for line in sys.stdin:
        name, _, address = line.strip().partition(" ")
        addresses[name] = address
        if name == "survey":
            return addresses["kiosk"]
    sys.exit("the demonstration ended before it printed its addresses")


def take_vietnamese(page: Page) -> None:
    take(page, "start", TALL)
    take(page, "start-tablet", TABLET)
    page.tap("#begin-vi")
    take(page, "service", TALL)
    page.tap("#skip")
    answer(page, [5, 4])
    take(page, "question", TALL)
    page.tap("#back")
    take(page, "looking-back-wide", WIDE)
    page.tap("#larger")
    take(page, "question-larger-text-tablet", TABLET)
    page.tap("#larger")
    page.tap("#contrast")
    take(page, "question-high-contrast", TALL)
    page.clock.fast_forward(43_000)
    take(page, "still-there", TALL)
    page.tap("#here")


def take_english(page: Page) -> None:
    page.reload()
    page.tap("#begin-en")
    take(page, "service-tablet", TABLET)
    page.tap("#skip")
    take(page, "question-wide", WIDE)
    take(page, "question-tablet", TABLET)
    answer(page, [5, 4, 5, 4, 3, 5])
    page.tap("#larger")
    take(page, "thanks-larger-text", TALL)
    page.tap("#again")


def take_operator(page: Page) -> None:
    page.keyboard.press("Control+Alt+o")
    page.fill("#pin", "482913")
    page.press("#pin", "Enter")
    page.wait_for_selector("#facts dd")
    take(page, "operator", TALL)


def answer(page: Page, points: list[int]) -> None:
    for number, point in enumerate(points, start=1):
        page.wait_for_selector(f".steps >> text='{number} / 6'")
        page.tap(f"#point-{point}")
    page.wait_for_selector(".thanks" if len(points) == 6 else f".steps >> text='{len(points) + 1} / 6'")


def take(page: Page, name: str, size: tuple[int, int]) -> None:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=FOLDER / f"{name}.png")


main()
