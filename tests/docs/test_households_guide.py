"""docs/guides/households.md: commands run and print what it shows, and its script repeats the draw."""

import csv
import runpy
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, blocks_of
from tests.docs.test_planning_guide import run

GUIDE = blocks_of("guides/households.md")


def blocks(kind: str) -> list[str]:
    return [text for its_kind, text in GUIDE if its_kind == kind]


def rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(file).read_text("utf-8").splitlines()))


def write_answers(file: Path) -> None:
    """Of nine in ten households, whose numbers say what they answer; villages differ."""
    header = ["questionnaire", "adults", "sex", "age", *(f"q{j}" for j in range(1, 7))]
    lines = [",".join(header)]
    for row in rows("sample/households.csv"):
        n, village = int(row["questionnaire"]), int(row["village"][-2:])
        if n % 10 == 4:
            continue
        person = [row["questionnaire"], str(1 + n * 7 % 4), "FM"[n % 2], ("18-34", "35-59", "60+")[n % 3]]
        answers = [str(1 + min(4, (n * (j + 3) + j) % 7 + village % 2)) for j in range(6)]
        lines.append(",".join([*person, *answers]))
    file.write_text("\n".join(lines), "utf-8")


def test_the_guide_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    size, draw, weigh, estimate = blocks("sh")
    printed = [run(size, capsys), run(draw, capsys)]
    write_answers(Path("answers.csv"))
    run(weigh, capsys)
    printed.append(run(estimate, capsys))
    for shown, text in zip(blocks(""), printed, strict=True):
        assert text.startswith(shown), text
    (script,) = blocks("python")
    Path("repeat.py").write_text(script, encoding="utf-8")
    repeated = runpy.run_path("repeat.py")["drawn"]
    drawn = [(row["village"], row["household"]) for row in rows("sample/households.csv")]
    assert sorted(drawn) == sorted(repeated)
    assert len(drawn) == 360
