"""Size of the pages for citizens, and the time until a slow machine shows the first question."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Page

from bench.browsing import TELEPHONE, TERMINAL, Place, browsing
from bench.printing import print_table, whole
from bench.relay import Relay

SHELL = Path(__file__).parents[1] / "kiosk"
LIGHT = 150  # KB that the terminal's app may weigh in all, uncompressed
SLOWER = 4
TIMES = 5
BEGIN, ANSWER = "#begin-vi", "#point-5"
# Measured once, on the machine where this was built: what a survey's page in LimeSurvey 6.4 loads.
LIMESURVEY_KB, LIMESURVEY_REQUESTS = 749, 35

SHELL_IS_KEPT = "navigator.serviceWorker.ready.then(() => true)"
NOW = "performance.now()"
PAINTED = """new Promise((resolve) => new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntriesByName("first-contentful-paint")) resolve(startTime);
}).observe({ type: "paint", buffered: true }))"""


class Weight(NamedTuple):
    what: str
    requests: int
    kb: float

    @classmethod
    def of(cls, what: str, relay: Relay) -> "Weight":
        """Return the traffic so far, and start the next count at zero."""
        weight = cls(what, relay.requests, relay.carried / 1000)
        relay.reset()
        return weight

    def row(self) -> list[str]:
        return [self.what, str(self.requests), f"{self.kb:.1f}", f"{self.kb / LIMESURVEY_KB:.3f}"]


def bench() -> None:
    with browsing() as place:
        show_weights([*kiosk_weights(place), *link_weights(place)])
        show_waits({speed: waits(place, speed) for speed in (1, SLOWER)})


def kiosk_weights(place: Place) -> Iterator[Weight]:
    address = place.new_terminal()
    place.relay.reset()
    with place.page(TERMINAL) as page:
        page.goto(address)
        page.wait_for_selector(BEGIN)
        page.evaluate(SHELL_IS_KEPT)
        page.wait_for_load_state("networkidle")
        yield Weight.of("kiosk: first load, with enrolment, all kept for offline", place.relay)
        with page.expect_response("**/api/submissions"):
            answer_all(page)
        page.wait_for_load_state("networkidle")
        yield Weight.of("kiosk: a whole survey", place.relay)


def answer_all(page: Page) -> None:
    """One touch a question, to the thanks."""
    page.click(BEGIN)
    while page.wait_for_selector(f"{ANSWER}, .thanks") and not page.query_selector(".thanks"):
        asked = page.inner_text("#question")
        page.click(ANSWER)
        page.wait_for_function("asked => document.querySelector('#question')?.innerText !== asked", arg=asked)


def link_weights(place: Place) -> Iterator[Weight]:
    address = place.new_link()
    place.relay.reset()
    with place.page(TELEPHONE) as page:
        page.goto(address, wait_until="networkidle")
        yield Weight.of("link: the survey", place.relay)
        for question in page.query_selector_all("fieldset"):
            question.query_selector_all("label")[4].click()
        page.click("main button:not(.link)")
        page.wait_for_load_state("networkidle")
        assert not page.query_selector("fieldset"), "the answers were not taken"
        yield Weight.of("link: the answers, each kept as it is given, and the thanks", place.relay)


def waits(place: Place, slower: float) -> dict[str, list[float]]:
    """Milliseconds of each wait, several times."""
    seen: dict[str, list[float]] = {}
    for _ in range(TIMES):
        for what, wait in [*kiosk_waits(place, slower), *link_wait(place, slower)]:
            seen.setdefault(what, []).append(wait)
    return seen


def kiosk_waits(place: Place, slower: float) -> Iterator[tuple[str, float]]:
    with place.page(TERMINAL, slower) as page:
        page.goto(place.new_terminal())
        page.wait_for_selector(BEGIN)
        yield "kiosk: its first load, to the invitation", page.evaluate(NOW)
        page.evaluate(SHELL_IS_KEPT)
        page.goto(f"{place.public}/kiosk/")
        page.wait_for_selector(BEGIN)
        yield "kiosk: any later load, to the invitation", page.evaluate(NOW)
        touched = page.evaluate(NOW)
        page.click(BEGIN)
        page.wait_for_selector(ANSWER)
        yield "kiosk: a citizen's touch, to the first question", page.evaluate(NOW) - touched


def link_wait(place: Place, slower: float) -> Iterator[tuple[str, float]]:
    with place.page(TELEPHONE, slower) as page:
        page.goto(place.new_link())
        yield "link: opened, to the first question", page.evaluate(PAINTED)


def show_weights(weights: list[Weight]) -> None:
    shell = sum(file.stat().st_size for file in SHELL.rglob("*") if file.is_file()) / 1000
    print_table(
        "Network traffic of citizens' pages, headers included",
        ["page", "requests", "KB", "of LimeSurvey's"],
        [
            *(weight.row() for weight in weights),
            ["LimeSurvey 6.4: the survey", str(LIMESURVEY_REQUESTS), str(LIMESURVEY_KB), "1"],
        ],
        f"The kiosk app is {shell:.1f} KB uncompressed; the limit is {LIGHT}. "
        "LimeSurvey was measured once, on the machine of development.",
    )


def show_waits(seen: dict[int, dict[str, list[float]]]) -> None:
    fast, slow = seen[1], seen[SLOWER]
    print_table(
        f"Time to the first question in Chromium, ms: median of {TIMES} (lowest–highest)",
        ["wait", "this machine", f"{SLOWER}× slower", "ratio"],
        [
            [what, whole(fast[what]), whole(slow[what]), f"{median(slow[what]) / median(fast[what]):.1f}"]
            for what in fast
        ],
        "The service runs on the same machine, so the times include no network.",
    )
