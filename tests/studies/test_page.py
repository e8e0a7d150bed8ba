"""The page and its pictures, from a study of a few surveys."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from studies.__main__ import Found, keep
from studies.coverage import INTERVALS, find_coverage
from studies.ranks import City, find_rank_coverage
from studies.settings import EQUAL, ITEM, MEASURES, SAMPLES, WORSE, Setting
from studies.small_rounds import find_small_rounds
from studies.thin_strata import every_thin, find_thin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shares = (0.9, 0.99)
    found = Found(
        [
            find_coverage(Setting(measure, sample, n), shares, 20, (1,))
            for measure in MEASURES
            for sample in SAMPLES
            for n in (100,)
        ],
        [find_coverage(Setting(ITEM, WORSE, n), shares, 20, (1,), INTERVALS[:1]) for n in (20, 50)],
        [find_small_rounds(Setting(ITEM, EQUAL, 50), 1, (1,))],
        [
            find_rank_coverage(City(ITEM, EQUAL, (60,), "all alike, 0.85", units), 2, (1,))
            for units in (5, 20, 60)
        ],
        [find_thin(given, 20, (1,)) for given in every_thin()],
    )
    out = tmp_path_factory.mktemp("docs")
    keep(found, out)
    return out


def test_every_table_is_one(folder: Path) -> None:
    page = (folder / "coverage.md").read_text("utf-8")
    tables = [block.splitlines() for block in page.split("\n\n") if block.startswith("|")]
    assert len(tables) == 8
    for table in tables:
        rows = [line for line in table if line.startswith("|")]
        assert len({line.count("|") for line in rows}) == 1, table
        assert len(rows) > 2


def test_every_file_that_the_page_names_is_there(folder: Path) -> None:
    page = (folder / "coverage.md").read_text("utf-8")
    kept = {file.name for file in (folder / "coverage").iterdir()}
    assert kept == {name for name in kept if f"(coverage/{name})" in page}
    assert len(kept) == 7


def test_pictures_are_drawn_with_their_text_as_text(folder: Path) -> None:
    for name, text in (("default", "index of 22"), ("intervals", "Korn–Graubard, robust n")):
        picture = (folder / "coverage" / f"{name}.svg").read_text("utf-8")
        ElementTree.fromstring(picture)
        assert f">{text}</text>" in picture
