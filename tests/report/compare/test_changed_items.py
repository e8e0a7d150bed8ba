"""An item whose kind or scale changed between versions cannot be compared, and the error says so."""

from pathlib import Path

import pytest

from sipas.errors import InputError
from sipas.report.compare.before import FilesBefore, read_files_before
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_request import read_compare_request
from sipas.report.sources.files import Files, file_source
from tests.survey.instruments.ward import WARD

_ROWS = "unit,seats,signs,correct\n" + "".join(f"A,{n % 5 + 1},4,{n % 5 + 1}\n" for n in range(20))
_FEWER_POINTS = WARD.replace("points = [1, 2, 3, 4, 5]", "points = [1, 2, 3, 4]").replace(
    ', "Rất hài lòng"]', "]", 1
)
_OTHER_KIND = WARD.replace('id = "correct", required', 'id = "correct", kind = "number", required').replace(
    "weights = { rated = { access = 0.25, results = 0.75 } }", ""
)


def _compare(folder: Path, measure: str, earlier: str) -> object:
    files = []
    for name, source in (("now", WARD), ("before", earlier)):
        (folder / f"{name}.toml").write_text(source, encoding="utf-8")
        rows = _ROWS if name == "now" else _ROWS.replace(",5", ",4")
        (folder / f"{name}.csv").write_text(rows, encoding="utf-8")
        files.append(Files(folder / f"{name}.csv", folder / f"{name}.toml", ("unit",)))
    asked = read_compare_request([("measure", measure), ("against_round", "before"), ("by", "unit")])
    now = file_source(files[0], asked.estimate)
    return compare_table(asked, now, read_files_before(FilesBefore(files[1], None), asked, now))


@pytest.mark.parametrize(
    ("measure", "earlier", "problem"),
    [
        ("item:correct", _OTHER_KIND, "item correct .*: its kind is rating, and was number"),
        ("item:seats", _FEWER_POINTS, "item seats .*: its scale is 1 to 5 with 4 and above"),
        ("overall", _FEWER_POINTS, "item seats cannot be compared between ward@1 and ward@1"),
    ],
)  # fmt: skip
def test_an_item_that_changed_is_not_compared(
    tmp_path: Path, measure: str, earlier: str, problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        _compare(tmp_path, measure, earlier)


def test_an_item_that_stayed_is_compared_though_others_changed(tmp_path: Path) -> None:
    assert _compare(tmp_path, "item:seats", _OTHER_KIND) is not None
