"""The commands of docs/guides/reports.md run, and each writes a report."""

import shlex
from pathlib import Path

from tests.cli.conftest import Sipas
from tests.docs.blocks import blocks_of
from tests.docs.test_export_guide import opened

__all__ = ["opened"]
GUIDE = blocks_of("guides/reports.md")


def test_the_guide_does_what_it_says(opened: Sipas) -> None:
    answers = "".join(f"m{i},S01,2026-10-{1 + i:02},{4 if i % 3 else 2}\n" for i in range(30))
    Path("month.csv").write_text(f"response_id,unit,submitted_at,overall\n{answers}", encoding="utf-8")
    assert opened("import", "responses", "month.csv", "--round", "2026q4").exit_code == 0
    for text in (text for kind, text in GUIDE if kind == "sh"):
        for command in text.splitlines():
            outcome = opened(*shlex.split(command)[1:])
            assert outcome.exit_code == 0, outcome.err
    assert Path("report.pdf").read_bytes().startswith(b"%PDF-")
    assert Path("month.pdf").read_bytes().startswith(b"%PDF-")
    assert "Key findings" in Path("report.html").read_text(encoding="utf-8")


def test_a_report_of_an_unknown_kind_of_file_is_refused(opened: Sipas) -> None:
    outcome = opened("report", "--round", "2026q4", "-o", "report.odt")
    assert outcome.exit_code == 2
    assert "a report is a file that ends in .pdf, .docx or .html" in outcome.err
    assert not Path("report.odt").exists()
