"""Links and paths that name a page of documentation lead to one."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)|src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"\bdocs/[\w/-]+\.(?:md|py|csv)\b")


def tracked_files(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]


PAGES = tracked_files("*.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_resolves(page: Path) -> None:
    folder = ROOT / "docs" / "explanation" if page == ROOT / "studies" / "coverage.md" else page.parent
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if "://" not in link[0] and not resolves(folder, page, *link)] == []


def resolves(folder: Path, page: Path, path: str, anchor: str, picture: str) -> bool:
    target = folder / (path or picture) if path or picture else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_path_into_docs_that_code_names_exists() -> None:
    missing = {
        (str(file.relative_to(ROOT)), path)
        for file in tracked_files("*.py", "*.toml", "*.sql", "*.md", "Makefile")
        for path in PATH.findall(file.read_text("utf-8"))
        if not (ROOT / path).exists()
    }
    assert missing == set()


def test_the_index_of_docs_links_to_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in PAGES if ROOT / "docs" in page.parents}
    assert {page for page in pages - {"README.md"} if f"]({page})" not in index} == set()
