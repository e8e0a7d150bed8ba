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
        (
            ["margin,level,n", "unit,A,800", "unit,B,3.200"],
            "row 3, column n: '3.200' may be 3200 or a decimal",
        ),
        (["margin,level,n", "unit,A,800", 'unit,B,"3,200"'], "row 3, column n: '3,200' may be 3200 or a dec"),
        (["margin,level,n", "unit,A,1.234.567"], "'1.234.567' has separators of thousands; .* as 1234567"),
        (["margin,level,n", 'unit,A,"1.234,5"'], "'1.234,5' has separators of thousands; write it without"),
        (
            ["margin,level,n", "unit,A,36%", "unit,B,54%"],
            "percentages of margin unit add up to 90, not to 100",
        ),
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


@pytest.mark.parametrize(
    ("counts", "total"),
    [(("36%", "64 %"), 1), (("33.333", "66.667"), 1), (("12.345", "8.5"), 20.845), (("0.250", "0.750"), 1)],
)
def test_percentages_and_decimals_beyond_doubt_are_read(
    tmp_path: Path, counts: tuple[str, str], total: float
) -> None:
    lines = [f"unit,{level},{count}" for level, count in zip("AB", counts, strict=True)]
    margins = read_margins(written(tmp_path, "margin,level,count", *lines))
    assert margins.total == pytest.approx(total)
    assert margins.relative == (total == 1)
