"""Weights that come with the responses, against R's `survey` 4.1-1.

d <- read.csv("responses.csv", stringsAsFactors = TRUE); mar <- read.csv("margins.csv")
items <- grep("^f[0-9]q", names(d), value = TRUE); d$b <- 1 + (d$response_id %% 7) / 2
d$y <- rowSums(d[items] >= 4, na.rm = TRUE); d$x <- rowSums(!is.na(d[items]))
N <- setNames(unique(d[c("stratum", "N_h")]), c("stratum", "Freq"))
pop <- function(m) { q <- mar[mar$margin == m, ]; setNames(data.frame(q$level, q$Freq), c(m, "Freq")) }
say <- function(s) svyratio(~y, ~x, s, deff = TRUE)        # and of subset(s, unit == "U01")
strata <- svydesign(ids = ~1, strata = ~stratum, weights = ~b, data = d)
one <- svydesign(ids = ~1, weights = ~b, data = d)
design        say(strata); say(one) where unstratified
post-stratify say(postStratify(…, ~stratum, N)) of strata with fpc = ~N_h, and without
linear        say(calibrate(one, ~unit + age_sex, totals of pop("unit"), pop("age_sex"), epsilon = 1e-11))
rake          the same with calfun = "raking", whose variance R's `rake` only comes near
"""

import csv
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from sipas.errors import StatisticsError, TableError
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import index_table
from sipas.report.margins import read_margins
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from sipas.stats import Clusters
from sipas.stats.notes import NO_WEIGHT
from tests.report.closeness import assert_close_rows
from tests.report.conftest import SIPAS

Options = tuple[tuple[str, str], ...]
COMMON = (("weight-column", "b"), ("by", ""), ("collapse", "none"))
BY_UNIT = ("by", "unit")


def base_weight(response_id: str) -> float:
    return 1 + int(response_id) % 7 / 2


@pytest.fixture(scope="module")
def weighted(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The reference responses with a column b of base weights, and the frame by stratum."""
    folder = tmp_path_factory.mktemp("weighted")
    with (SIPAS / "responses.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with (folder / "responses.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*header, "b"], *([*row, base_weight(row[0])] for row in rows)])
    return Files(folder / "responses.csv", SIPAS / "instrument.toml", ("stratum",), None, "N_h")


def estimated(files: Files, options: Options, margins: Path | None = None) -> list[IndexRow]:
    request = read_request([*COMMON, *options])
    if margins is not None:
        request = msgspec.structs.replace(request, margins=read_margins(margins))
    found = index_table(request, file_source(files, request)).rows
    return [row for row in found if row.by in ({}, {"unit": "U01"})]


def margins(path: Path, *names: str) -> Path:
    with (SIPAS / "margins.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["margin"] in names]
    lines = [f"{row['margin']},{row['level']},{row['Freq']}" for row in rows]
    path.write_text("\n".join(["margin,level,count", *lines]))
    return path


@pytest.mark.parametrize(
    ("strata", "framed", "options", "whole", "unit"),
    [
        (
            *(True, False, ()),
            (0.67915708572531, 0.00439858753998066, 1.60516417513572),
            (0.744835287548855, 0.0130288509685866, 1.63807759249277),
        ),
        (
            *(False, False, ()),
            (0.67915708572531, 0.00483370755974673, 1.93844607044402),
            (0.744835287548855, 0.014161965173005, 1.93539351207616),
        ),
        (
            *(True, True, ()),
            (0.675330452419294, 0.00660958897019676, 2.35022239858869),
            (0.746595227678862, 0.0185547837547917, 2.1043711662459),
        ),
        (
            *(True, True, (("no-fpc", "true"),)),
            (0.675330452419294, 0.00671668145090199, 2.42699878291122),
            (0.746595227678862, 0.0188076920814143, 2.16212879078711),
        ),
    ],
)
def test_base_weights_as_they_are_or_post_stratified_are_those_of_r(
    weighted: Files,
    strata: bool,
    framed: bool,
    options: Options,
    whole: tuple[float, ...],
    unit: tuple[float, ...],
) -> None:
    files = replace(
        weighted, strata=("stratum",) if strata else (), frame=SIPAS / "frame.csv" if framed else None
    )
    for row, expected in zip(estimated(files, (*options, BY_UNIT)), (whole, unit), strict=True):
        assert (row.estimate, row.se, row.deff) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("method", "whole", "unit"),
    [
        (
            "rake",
            (0.687481513222754, 0.00488721050775991, 1.30117926253201),
            (0.746733339017198, 0.0146056246854179, 1.30043721206486),
        ),
        (
            "linear",
            (0.687779012918362, 0.00486662271804054, 1.29282601733405),
            (0.746254569016287, 0.0144352936534294, 1.27308923818293),
        ),
    ],
)
def test_base_weights_brought_to_margins_are_those_of_r(
    weighted: Files, tmp_path: Path, method: str, whole: tuple[float, ...], unit: tuple[float, ...]
) -> None:
    files, margin = replace(weighted, strata=()), margins(tmp_path / "m.csv", "unit", "age_sex")
    found = estimated(files, (("weights", method), BY_UNIT), margin)
    for row, expected in zip(found, (whole, unit), strict=True):
        assert (row.estimate, row.se, row.deff) == pytest.approx(expected, rel=1e-6)


def test_equal_base_weights_change_nothing(weighted: Files, tmp_path: Path) -> None:
    framed = replace(weighted, frame=SIPAS / "frame.csv")
    text = weighted.responses.read_text(encoding="utf-8").splitlines()
    equal = tmp_path / "equal.csv"
    equal.write_text("\n".join([text[0], *(f"{line.rpartition(',')[0]},3" for line in text[1:])]))
    assert_close_rows(estimated(replace(framed, responses=equal), ()), estimated_without(framed))


def estimated_without(files: Files) -> list[IndexRow]:
    request = read_request(COMMON[1:])
    found = index_table(request, file_source(files, request)).rows
    return [row for row in found if row.by in ({}, {"unit": "U01"})]


@pytest.mark.parametrize("sample", [None, Clusters(("response_id",))])
@pytest.mark.parametrize("weights", [(0.5, 1.5), (0.502, 1.502)], ids=["of mean 1", "rounded"])
def test_weights_that_add_up_to_the_responses_tell_no_population(
    weighted: Files, tmp_path: Path, weights: tuple[float, float], sample: Clusters | None
) -> None:
    path = tmp_path / "relative.csv"
    rows = "\n".join(f"{i},{4 if i % 3 else 2},{weights[i % 2]}" for i in range(40))
    path.write_text(f"response_id,f1q1,b\n{rows}\n")
    (row,) = estimated(replace(weighted, responses=path, strata=(), sample=sample), ())[:1]
    assert (row.population, row.deff) == (None, None)
    assert row.deff_replace is not None


@pytest.mark.parametrize(
    ("weight", "complaint"),
    [
        ("-1", "row 3, column b: -1 is negative; a weight is 0 or more"),
        ("", "row 3, column b: is empty"),
        ("heavy", "row 3, column b: 'heavy' is no number"),
    ],
)
def test_a_weight_that_is_none_is_named_with_its_row(
    weighted: Files, tmp_path: Path, weight: str, complaint: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"response_id,f1q1,b\n1,4,1\n2,5,{weight}\n")
    with pytest.raises(TableError) as caught:
        estimated(replace(weighted, responses=path, strata=()), ())
    assert complaint in str(caught.value)


def test_a_domain_whose_weights_are_all_0_says_so(weighted: Files, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    rows = "".join(f"{i},U0{1 + i % 2},4,{i % 2}\n" for i in range(20))
    path.write_text(f"response_id,unit,f1q1,b\n{rows}")
    _, row = estimated(replace(weighted, responses=path, strata=()), (BY_UNIT,))
    assert (row.by, row.estimate) == ({"unit": "U01"}, None)
    assert NO_WEIGHT in row.notes


def test_a_stratum_whose_weights_are_all_0_is_named(weighted: Files, tmp_path: Path) -> None:
    path, frame = tmp_path / "r.csv", tmp_path / "frame.csv"
    rows = "".join(f"{i},{'AB'[i % 2]},4,{i % 2}\n" for i in range(20))
    path.write_text(f"response_id,stratum,f1q1,b\n{rows}")
    frame.write_text("stratum,N_h\nA,100\nB,200\n")
    with pytest.raises(StatisticsError, match="stratum=A: the base weights of its responses are all 0"):
        estimated(replace(weighted, responses=path, frame=frame), ())
