from pathlib import Path

import pytest

from sipas.errors import TableError
from sipas.report.margins import read_margins
from tests.report.conftest import SIPAS


def written(folder: Path, *lines: str) -> Path:
    file = folder / "margins.csv"
    file.write_text("\n".join(lines))
    return file


def test_the_count_stands_in_the_only_other_column(tmp_path: Path) -> None:
    margins = read_margins(SIPAS / "margins.csv")
    assert margins.names == ("unit", "channel", "age_sex")
    assert margins.counts["channel"] == {"counter": 27662, "online": 12616, "postal": 8144}
    assert margins.total == 48422
    named = read_margins(written(tmp_path, "note,margin,level,count", "x,age|sex,old|F,1.5"))
    assert named.counts == {"age|sex": {"old|F": 1.5}}
    assert named.columns() == ("age", "sex")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["margin,level", "unit,A"], "needs the columns margin, level and count"),
        (["margin,level,n,share", "unit,A,1,1"], "needs the columns margin, level and count"),
        (["margin,count", "unit,3"], "margins.csv, row 1.*level"),
        (["margin,level,n", "unit,,3"], "row 2, column level: is empty"),
        (["margin,level,n", "unit,A,few"], "row 2, column n: 'few' is no number"),
        (["margin,level,n", "unit,A,-2"], "row 2, column n: -2 is negative"),
        (
            ["margin,level,n", "unit,A,1", "unit,A,2"],
            "row 3, column level: A stands in an earlier",
        ),
        (["margin,level,n", "unit,A,3", "sex,F,2"], "margins.csv: the margins do not agree in their totals"),
        (["margin,level,n", "unit,A,0"], "margins.csv: margin unit: there is no level with a count"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_margins(written(tmp_path, *lines))
