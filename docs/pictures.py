"""Take the pictures of README.md and docs/guides/charts.md from a running demonstration:

.venv/bin/sipas demo | .venv/bin/python docs/pictures.py
"""

import sys
from pathlib import Path
from urllib.parse import urlencode, urljoin

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
DEMO = {"round": "demo"}
CHARTS = {
    "league": {**DEMO, "by": "field"},
    "trend": {"round": "kc-2021q3,kc-2022q1"},
    "channels": DEMO,
    "heatmap": {**DEMO, "by": "service_channel,channel"},
    "distribution": {**DEMO, "measure": "factors"},
    "plan": {"round": "demo", "by": "service_channel", "margin": "0.01", "response-rate": "0.2"},
}


def main() -> None:
    addresses = read_addresses()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        kiosk = shown(browser, addresses["kiosk"], 1080, 1920, scale=0.5)
        kiosk.click("#begin-vi")
        kiosk.click("#skip")
        kiosk.wait_for_selector("#point-5")
        taken(kiosk, "kiosk")
        taken(shown(browser, addresses["survey"], 360, 640, scale=1.5), "phone")
        taken(shown(browser, addresses["dashboard"], 1280, 800, scale=1), "index")
        for kind, options in CHARTS.items():
            drawn(browser, addresses["dashboard"], kind, options)
        browser.close()


def read_addresses() -> dict[str, str]:
    """Return the addresses that `sipas demo` prints once it is ready."""
    addresses: dict[str, str] = {}
    for line in sys.stdin:
        name, _, address = line.strip().partition(" ")
        addresses[name] = address
        if name == "survey":
            return addresses
    sys.exit("the demonstration ended before it printed its addresses")


def shown(browser: Browser, address: str, width: int, height: int, scale: float) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
    page.goto(address, wait_until="networkidle")
    return page


def taken(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")


def drawn(browser: Browser, dashboard: str, kind: str, options: dict[str, str]) -> None:
    address = urljoin(dashboard, f"charts/{kind}.svg?{urlencode({**options, 'lang': 'en'})}")
    with browser.new_context() as context:
        answer = context.request.get(address, fail_on_status_code=True)
        (FOLDER / f"chart-{kind}.svg").write_bytes(answer.body())


main()
