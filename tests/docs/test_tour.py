"""The tour runs from the frame to the printed report, and its figures are those of the bundle."""

import csv
from pathlib import Path

from tests.docs.blocks import ROOT, blocks_of
from tests.docs.test_one_stop_guide import MARK, printed

TOUR = blocks_of("tour.md")


async def test_the_tour_leads_from_the_frame_to_the_printed_report(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    script = f"\necho '{MARK}'\n".join(text for kind, text in TOUR if kind == "sh")
    said, _ = await printed(script, dsn, "http://test", tmp_path)
    (shown,) = (text for kind, text in TOUR if not kind)
    assert any(block.startswith(shown) for block in said)
    made = tmp_path / "tour"
    with (made / "ranks.csv").open(encoding="utf-8-sig", newline="") as file:
        ranks = list(csv.DictReader(file))
    assert [row["unit"] for row in ranks if row["rank"] == "1"] == ["U05"]
    assert (made / "figures.csv").read_bytes() == (made / "bundle/tables/expected.csv").read_bytes()
    assert (made / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert (made / "report.docx").read_bytes().startswith(b"PK")
    assert "<svg" in (made / "league.svg").read_text(encoding="utf-8")
