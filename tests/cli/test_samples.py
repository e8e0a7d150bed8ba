"""Files of cluster samples and of replicate weights, against R's numbers."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sipas
from tests.stats.designs.expected import read_expected
from tests.stats.goldens import REFERENCE

FOLDER = REFERENCE / "designs"
FILES = ("--responses", FOLDER / "responses.csv", "--instrument", FOLDER / "instrument.toml")
WEIGHTED = (*FILES, "--weight-column", "weight")
CLUSTERS = ("--strata", "district", "--cluster", "village", "--nest")
TWO_STAGES = (
    *CLUSTERS,
    "--cluster",
    "household",
    "--cluster-count",
    "villages",
    "--cluster-count",
    "households",
)
JSON = ("--format", "json")
PAIRS = ("--by", "sex", "--against", "all-pairs", *JSON)


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers with all replicate weights beside them, in one file."""
    path = tmp_path_factory.mktemp("replicated") / "responses.csv"
    with (FOLDER / "responses.csv").open() as answers, (FOLDER / "replicates.csv").open() as replicates:
        rows = [
            answer | weights
            for answer, weights in zip(csv.DictReader(answers), csv.DictReader(replicates), strict=True)
        ]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("design", "options"),
    [
        ("clusters_with_replacement", CLUSTERS),
        ("two_stages", TWO_STAGES),
        ("strata_and_weights", CLUSTERS[:2]),
    ],
)
def test_clusters_give_the_standard_errors_of_r(sipas: Sipas, design: str, options: Sequence[str]) -> None:
    outcome = sipas("estimate", *WEIGHTED, *options, "--by", "sex", "--measure", "all", *JSON)
    agree(outcome.json["rows"], design)


@pytest.mark.parametrize(
    ("kind", "rho"), [("brr", ()), ("fay", ("--rho", "0.3")), ("jkn", ()), ("bootstrap", ())]
)
def test_replicate_weights_give_the_standard_errors_of_r(
    sipas: Sipas, replicated: Path, kind: str, rho: Sequence[str]
) -> None:
    files = ("--responses", replicated, *WEIGHTED[2:])
    options = ("--replicates", f"{kind}_", "--replicate-type", kind, *rho)
    outcome = sipas("estimate", *files, *options, "--by", "sex", "--measure", "all", *JSON)
    agree(outcome.json["rows"], kind)
    assert outcome.json["intervals"]["variance"] == f"replicate weights {kind}_ ({kind})"


def agree(rows: list[dict[str, Any]], design: str) -> None:
    theirs = read_expected(FOLDER)[design]
    compared = 0
    for row in rows:
        place = str(row["measure"]), f"sex={row['by']['sex']}"
        if (*place, "se") in theirs:
            for quantity in ("estimate", "se", "df"):
                assert row[quantity] == pytest.approx(theirs[(*place, quantity)], rel=1e-9)
            compared += 1
    assert compared == 10  # two items, two factors and an index, of both sexes


def test_margins_calibrate_clusters(sipas: Sipas, tmp_path: Path) -> None:
    margins = tmp_path / "margins.csv"
    lines = [
        "margin,level,count",
        "sex,F,5200",
        "sex,M,4700",
        "age,18-34,3300",
        "age,35-59,4100",
        "age,60+,2500",
    ]
    margins.write_text("\n".join(lines), encoding="utf-8")
    options = (*WEIGHTED, *CLUSTERS, "--weights", "rake", "--margins", margins)
    agree(sipas("estimate", *options, "--by", "sex", "--measure", "all", *JSON).json["rows"], "raked")


def test_answer_channels_choose_among_clusters_as_a_filter_does(sipas: Sipas, tmp_path: Path) -> None:
    """Half of the people invited by message, half at a kiosk; a column beside says the same."""
    lines = (FOLDER / "responses.csv").read_text(encoding="utf-8").splitlines()
    kinds = [
        "channel,asked",
        *("sms,invited" if row % 2 else "kiosk,walk-up" for row in range(1, len(lines))),
    ]
    path = tmp_path / "responses.csv"
    path.write_text("\n".join(f"{line},{kind}" for line, kind in zip(lines, kinds, strict=True)), "utf-8")
    asked = ("--responses", path, *WEIGHTED[2:], *CLUSTERS, *JSON)
    for channels in ("invited", "walk-up"):
        (ours,) = sipas("estimate", *asked, "--channels", channels).json["rows"]
        (theirs,) = sipas("estimate", *asked, "--where", f"asked={channels}").json["rows"]
        assert {name: ours[name] for name in ("estimate", "se", "df", "n")} == {
            name: theirs[name] for name in ("estimate", "se", "df", "n")
        }
        assert 0 < ours["n"] < 446
    judged = sipas("targets", *asked, "--target", "0.1").json["rows"][0]
    assert judged["verdict"] == judged["verdict_invited"] == "met"


def test_the_text_says_how_variances_were_estimated(sipas: Sipas) -> None:
    outcome = sipas("estimate", *WEIGHTED, *CLUSTERS)
    assert "variance by linearization, clusters village, nested in strata" in outcome.out


def test_clusters_are_compared_ranked_and_held_against_a_target(sipas: Sipas) -> None:
    compared = sipas("compare", *WEIGHTED, *CLUSTERS, *PAIRS)
    plain = sipas(
        "compare", *WEIGHTED, "--strata", "district", "--by", "sex", "--against", "all-pairs", *JSON
    )
    ours, theirs = compared.json["rows"][0], plain.json["rows"][0]
    assert ours["difference"] == pytest.approx(theirs["difference"])
    assert ours["se"] != pytest.approx(theirs["se"], rel=0.01)
    assert sipas("ranks", *WEIGHTED, *CLUSTERS, "--by", "sex").exit_code == 0
    assert sipas("targets", *WEIGHTED, *CLUSTERS, "--target", "0.7").exit_code == 0


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--cluster", "village"), "a cluster must lie in one stratum"),
        (("--cluster", "hamlet", "--nest"), "there is no column 'hamlet'"),
        (("--nest",), "--nest and --cluster-count need --cluster COLUMN"),
        (("--replicates", "brr_"), "--replicates needs --replicate-type brr|fay|jkn|bootstrap"),
        (("--replicates", "x_", "--replicate-type", "brr"), "and no column begins with 'x_'"),
        (("--replicates", "weight", "--replicate-type", "brr"), "and only weight begins with 'weight'"),
        (
            ("--cluster", "village", "--nest", "--second-opinion", "jackknife"),
            "--second-opinion is not available",
        ),
        (("--cluster", "village", "--nest", "--trim", "1,60"), "--trim is not available with clusters"),
        (("--cluster", "village", "--nest", "--weights", "rake"), "--weights rake, linear, raking or logit"),
    ],
)
def test_what_does_not_go_together_is_refused(sipas: Sipas, options: Sequence[str], problem: str) -> None:
    outcome = sipas("estimate", *WEIGHTED, "--strata", "district", *options)
    assert outcome.exit_code == 2
    assert problem in outcome.err


def test_replicate_weights_without_base_weights_are_refused(sipas: Sipas) -> None:
    without = [option for option in WEIGHTED if option not in ("--weight-column", "weight")]
    outcome = sipas("estimate", *without, "--replicates", "brr_", "--replicate-type", "brr")
    assert outcome.exit_code == 2
    assert "--replicates needs --weight-column COLUMN" in outcome.err


def test_what_clusters_have_no_answer_to_is_refused(sipas: Sipas) -> None:
    outcome = sipas(
        "compare", *WEIGHTED, *CLUSTERS, "--by", "sex", "--against", "all-pairs", "--mix", "equal"
    )
    assert outcome.exit_code == 2
    assert "clusters and replicate weights cannot be compared at the same mix of strata" in outcome.err
