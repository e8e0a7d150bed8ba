"""Chromium before a service, on a machine as it is or slowed down, with what passes between them counted."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bench.city import UNIT, build_city, scratch_server
from bench.relay import Relay, relaying
from bench.service import SERVE, serving

CHROMIUM = "/usr/bin/chromium"
TERMINAL, TELEPHONE = ViewportSize(width=1080, height=1920), ViewportSize(width=360, height=640)


class Address(msgspec.Struct):
    url: str


class Place(NamedTuple):
    browser: Browser
    relay: Relay
    data_dir: Path

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.relay.port}"

    def new_terminal(self) -> str:
        """The address to enrol at."""
        return msgspec.json.decode(self.sipas("kiosk", "enrol", "--unit", UNIT), type=Address).url

    def new_link(self) -> str:
        created = self.sipas("link", "create", "--round", "bench", "--unit", UNIT)
        return msgspec.json.decode(created, type=list[Address])[0].url

    def sipas(self, *arguments: str) -> bytes:
        environment = {**os.environ, "SIPAS_DATA_DIR": str(self.data_dir), "SIPAS_PUBLIC_URL": self.public}
        return subprocess.run(
            [SERVE[0], *arguments], env=environment, check=True, stdout=subprocess.PIPE
        ).stdout

    @contextmanager
    def page(self, size: ViewportSize, slower: float = 1) -> Iterator[Page]:
        """With nothing kept from any before it."""
        context = self.browser.new_context(viewport=size, has_touch=True)
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        yield page
        context.close()


@contextmanager
def browsing() -> Iterator[Place]:
    if shutil.which(CHROMIUM) is None:
        raise SystemExit(f"{CHROMIUM} is missing; as root: apt-get install chromium")
    with scratch_server() as city:
        uvloop.run(build_city(city.dsn))
        with (
            serving(city.data_dir) as service,
            relaying(service.port) as relay,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield Place(browser, relay, city.data_dir)
            browser.close()
