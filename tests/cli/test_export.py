"""sipas export: files, filters, and what is refused."""

import csv
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas

FORMATS = ("csv", "xlsx", "sav", "dta", "parquet")


@pytest.fixture
def answered(city: Sipas, tmp_path: Path) -> Sipas:
    """Round `autumn` with 60 answers of three units."""
    responses = tmp_path / "responses.csv"
    answers = "\n".join(f"{i},S0{1 + i % 3},{4 if i % 4 else 2},{'FM'[i % 2]}" for i in range(60))
    responses.write_text(f"response_id,unit,overall,sex\n{answers}\n")
    assert city("import", "responses", responses, "--round", "autumn").exit_code == 0
    return city


def test_a_codebook_is_written_as_html_and_xml(answered: Sipas, tmp_path: Path) -> None:
    for name, start in (("book.html", "<!doctype html>"), ("book.xml", "<?xml")):
        outcome = answered("codebook", "--round", "autumn", "--lang", "en", "-o", tmp_path / name)
        assert outcome.exit_code == 0, outcome.err
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    wrong = answered("codebook", "--round", "autumn", "-o", tmp_path / "book.pdf")
    assert "name the file with one of .html, .xml" in wrong.err


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """As if the disk were full after so many bytes."""
    usual, compiles = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # Python would keep half of a compiled module
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        sys.dont_write_bytecode = compiles


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_is_filtered_and_says_what_it_holds(answered: Sipas, tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    outcome = answered(
        *(
            "export",
            "--round",
            "autumn",
            "--where",
            "unit=S01",
            "--where",
            "sex=F",
            "--lang",
            "en",
            "-o",
            path,
        )
    )
    assert (outcome.exit_code, outcome.out) == (0, ""), outcome.err
    assert outcome.err == f"10 responses in {path}\n"
    rows = rows_of(path)
    assert {(row["unit"], row["sex"]) for row in rows} == {("S01", "F")}
    note = path.with_name("part.csv.txt").read_text(encoding="utf-8")
    assert "limited to: unit=S01, sex=F" in note
    assert "when 60 responses were counted" in note
    assert sorted(one.name for one in tmp_path.iterdir()) == ["part.csv", "part.csv.txt", "responses.csv"]


def test_every_format_is_written_whole_or_not_at_all(answered: Sipas, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for format_ in FORMATS:
        path = folder / f"full.{format_}"
        path.write_text("earlier")
        with file_size_limit(1_000):
            outcome = answered("export", "--round", "autumn", "-o", path)
        assert (outcome.exit_code, outcome.err.count("\n")) == (1, 1), (format_, outcome.err)
        assert path.read_text() == "earlier"
    assert {one.name for one in folder.iterdir()} == {f"full.{format_}" for format_ in FORMATS}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--round", "autumn", "--where", "colour=red"), "there is no column 'colour' in the responses"),
        (("--round", "autumn", "--where", "unit=S99"), "no response has unit=S99"),
        (
            ("--round", "autumn", "--where", "unit=S01", "--period", "2001-01..2001-02"),
            "no response of the round meets",
        ),
        (("--round", "spring"), "spring"),
        ((), "round: name one; the rounds are: autumn"),
        (("--round", "autumn", "--weights", "logit"), "bounds: weights by logit need them"),
    ],
)
def test_a_request_that_cannot_be_met_says_why(
    answered: Sipas, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    outcome = answered("export", *options, "-o", tmp_path / "x.csv")
    assert (outcome.exit_code, outcome.err.count("\n")) == (2, 1), outcome.err
    assert message in outcome.err
    assert not (tmp_path / "x.csv").exists()


def test_a_round_without_responses_and_a_file_of_another_kind_are_refused(
    city: Sipas, tmp_path: Path
) -> None:
    empty = city("export", "--round", "autumn", "-o", tmp_path / "x.sav")
    assert (empty.exit_code, "has no responses yet" in empty.err) == (2, True)
    for name, problem in (("x.ods", "'.ods' is no format of exports"), ("x", "has no extension")):
        wrong = city("export", "--round", "autumn", "-o", tmp_path / name)
        assert (wrong.exit_code, problem in wrong.err) == (2, True), wrong.err
