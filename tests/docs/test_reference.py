"""Reference pages agree with the code."""

import re

import msgspec
import pytest
from litestar.routes import HTTPRoute

from docs.write_reference import FOLDER, PAGES
from sipas.app import create_app
from sipas.survey.intake.submission import Submission
from tests.docs.blocks import ROOT, blocks_of
from tests.serving import settings_for

HTTP_PAGE = (ROOT / "docs" / "reference" / "http.md").read_text("utf-8")
METHODS_OF_EVERY_ROUTE = {"HEAD", "OPTIONS"}


@pytest.mark.parametrize("name", PAGES)
def test_pages_written_from_the_code_are_current(name: str) -> None:
    kept = (FOLDER / name).read_text("utf-8")
    assert kept == PAGES[name](), f"docs/reference/{name} is out of date: run `make reference` and commit it"


def documented_routes() -> set[tuple[str, str]]:
    named = re.findall(r"`(GET|POST) (/[^`]*)`", HTTP_PAGE)
    return {(method, re.sub(r"\{[^}]*\}(?:\.\{[^}]*\})?|…", "*", path)) for method, path in named}


def served_routes() -> set[tuple[str, str]]:
    """Return method and path, with `*` for each parameter."""
    found = {("POST", "/api/submissions"), ("GET", "/kiosk/"), ("GET", "/interviews/")}
    files = {f"/{app}{path}" for app in ("kiosk", "interviews") for path in ("", "/{file_path:path}")}
    for route in create_app(settings_for("postgresql:///unused")).routes:
        if isinstance(route, HTTPRoute) and route.path not in files:
            path = re.sub(r"\{[^}]*\}", "*", route.path)
            found |= {(method, path) for method in route.methods - METHODS_OF_EVERY_ROUTE}
    return found


def test_the_http_page_names_every_route_and_no_other() -> None:
    assert documented_routes() == served_routes()


def test_the_submission_of_the_http_page_is_one() -> None:
    first = next(text for kind, text in blocks_of("reference/http.md") if kind == "json")
    (submission,) = msgspec.json.decode(first, type=list[Submission])
    assert submission.id.version == 7
    assert submission.answers["results2"] is None
