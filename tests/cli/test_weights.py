"""`sipas estimate --weights`, from files."""

from pathlib import Path

import pytest

from tests.cli.conftest import Sipas

SIPAS = Path(__file__).parents[1] / "reference" / "sipas"
ANSWERS = ("--responses", SIPAS / "responses.csv", "--instrument", SIPAS / "instrument.toml")
FRAME = ("--strata", "unit,procedure_group,channel", "--frame", SIPAS / "frame.csv", "--frame-count", "N_h")
MARGINS = ("--margins", SIPAS / "margins.csv")


def test_raked_weights_say_how_they_were_made(sipas: Sipas) -> None:
    options = ("--weights", "rake", *MARGINS, "--trim", "1,60.148")
    found = sipas("estimate", *ANSWERS, *FRAME, *options, "--format", "json").json["weights"]
    assert (found["method"], found["margins"]) == ("rake", ["unit", "channel", "age_sex"])
    assert (found["iterations"], found["bounds"], found["trim"]) == (6, None, [1.0, 60.148])
    assert found["trimmed"] > 0
    table = sipas("estimate", *ANSWERS, *FRAME, *options, "--format", "table").out
    assert "margins unit, channel, age_sex · iterations 6\n" in table
    assert f"weights trimmed to 1 to 60.148: {found['trimmed']} responses\n" in table


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--weights", "logit", *MARGINS), "bounds: weights by logit need them"),
        (
            ("--weights", "linear", *MARGINS, "--bounds", "0.5,1.6"),
            "margin age_sex, level 60+|M: the total is 4271",
        ),
        (MARGINS, "margins: goes with weights rake, linear, raking, logit"),
        (("--weights", "rake", "--trim", "5"), "trim: '5' is not L,U"),
        (("--weights", "rake", "--margins", SIPAS / "frame.csv"), "frame.csv"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    sipas: Sipas, options: tuple[object, ...], message: str
) -> None:
    outcome = sipas("estimate", *ANSWERS, *FRAME, *options)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
