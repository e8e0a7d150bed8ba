"""`sipas plan size`: villages and households for a margin."""

import csv
import io
from collections.abc import Sequence
from math import sqrt

import pytest

from tests.cli.conftest import Sipas

JSON = ("--format", "json")


def test_each_number_of_households_has_a_row(sipas: Sipas) -> None:
    options = ("--margin", 0.03, "--share", 0.8, "--icc", 0.05, "--weighting", 1.2, "--response-rate", 0.8)
    found = sipas("plan", "size", *options, "--households", "5,10", "--population", 60000, *JSON).json
    assert [row["households_per_village"] for row in found["rows"]] == [5, 10]
    for row in found["rows"]:
        each = row["households_per_village"] * 0.8
        deff = 1.2 * (1 + (each - 1) * 0.05)
        n0 = deff * (1.959963984540054 / 0.03) ** 2 * 0.16
        n = n0 / (1 + (n0 - 1) / 60000)
        assert row["deff"] == pytest.approx(deff, rel=1e-12)
        assert n <= row["expected"] < n + 1 + each
        assert row["households"] == row["psu"] * row["households_per_village"]
        assert row["margin"] <= 0.03
    assert found["assumptions"]["population"] == 60000


def test_costs_choose_the_households_of_a_village(sipas: Sipas) -> None:
    costs = ("--cost-village", 400, "--cost-household", 25)
    (row,) = csv.DictReader(io.StringIO(sipas("plan", "size", "--icc", 0.05, *costs, "--format", "csv").out))
    assert float(row["optimal"]) == pytest.approx(sqrt(400 / 25 * 0.95 / 0.05))
    assert row["households_per_village"] == "17"
    assert float(row["cost"]) == int(row["psu"]) * (400 + 17 * 25)
    assert "optimal" in sipas("plan", "size", "--icc", 0.05, *costs).out.splitlines()[0]


def test_an_earlier_design_effect_takes_the_place_of_the_correlation(sipas: Sipas) -> None:
    (row,) = sipas("plan", "size", "--deff", 1.9, "--households", 10, "--psu", 40, *JSON).json["rows"]
    assert (row["icc"], row["households"]) == (pytest.approx(0.1), 400)
    assert row["margin"] == pytest.approx(1.959963984540054 * sqrt(1.9 * 0.25 / 400))


def test_three_stages_add_the_correlation_of_a_commune(sipas: Sipas) -> None:
    stages = ("--villages", 3, "--icc", 0.06, "--icc-commune", 0.02, "--households", 8)
    (row,) = sipas("plan", "size", *stages, *JSON).json["rows"]
    assert row["deff"] == pytest.approx(1 + 7 * 0.06 + 2 * 8 * 0.02)
    assert (row["villages"], row["households"]) == (3 * row["psu"], 24 * row["psu"])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--households", 10), "icc: give --icc, the correlation in a village, or --deff"),
        (("--households", 10, "--icc", 0.1, "--deff", 2), "icc: give --icc, the correlation"),
        (("--icc", 0.1), "households: say how many to visit in a village"),
        (("--icc", 0.1, "--households", "5,none"), "households: 'none' must be a whole number, 1 or more"),
        (("--icc", 0.1, "--cost-village", 5), "cost-village: give --cost-village and --cost-household"),
        (("--icc", 0, "--cost-village", 5, "--cost-household", 1), "icc: must be above 0"),
        (("--deff", 2, "--cost-village", 5, "--cost-household", 1), "follows from --icc"),
        (("--icc", 0.1, "--households", 5, "--villages", 2), "three stages need --villages"),
        (("--deff", 2, "--households", 5, "--weighting", 1.2), "--deff holds the effect of weights already"),
        (("--icc", 0.1, "--households", 5, "--psu", 9, "--margin", 0.1), "margin: psu has been given too"),
        (("--icc", 1.1, "--households", 5), "icc: '1.1' must be a correlation above -1 and below 1"),
        (("--icc", -0.5, "--households", 9), "the correlations give a design effect of -3"),
        (
            ("--icc", 0.1, "--households", 5, "--population", 90, "--response-rate", 0.2),
            "90 people at a response rate of 0.2 give 18; widen the margin",
        ),
    ],
)
def test_what_gives_no_size_is_refused(sipas: Sipas, options: Sequence[object], problem: str) -> None:
    outcome = sipas("plan", "size", *options)
    assert outcome.exit_code == 2
    assert problem in outcome.err
