import math

import pytest

from sipas.errors import InputError
from sipas.report.period import parse_period
from sipas.report.request import EstimateRequest, read_request
from sipas.stats import Options


def test_nothing_asked_is_the_overall_index_of_the_whole() -> None:
    assert read_request([]) == EstimateRequest()
    assert EstimateRequest().by == ((),)


def test_every_option_is_read_under_its_name() -> None:
    request = read_request(
        [
            ("round", "autumn"),
            ("by", "unit, channel"),
            ("by", ""),
            ("where", "sex=F"),
            ("where", "sex=M"),
            ("period", "2026-01..2026-03"),
            ("measure", "factor:access"),
            ("index", "pooled"),
            ("statistic", "mean"),
            ("weights", "none"),
            ("ci", "wald"),
            ("effective-n", "design"),
            ("level", "0.9"),
            ("lonely", "certainty"),
            ("collapse", "none"),
            ("no-fpc", "true"),
            ("channels", "walk-up"),
            ("out-of-date", "raise-count"),
        ]
    )
    assert request == EstimateRequest(
        round="autumn",
        by=(("unit", "channel"), ()),
        where=(("sex", "F"), ("sex", "M")),
        period=parse_period("2026-01..2026-03"),
        measure="factor:access",
        index="pooled",
        options=Options(
            statistic="mean", ci="wald", effective_n="design", level=0.9, lonely="certainty", fpc=False
        ),
        weights="none",
        collapse="none",
        channels="walk-up",
        out_of_date="raise-count",
    )


def test_an_underscore_is_read_as_a_dash() -> None:
    assert read_request([("effective_n", "design")]).options.effective_n == "design"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("colour", "red", "colour: there is no such parameter; there are round, by, "),
        ("weights", "ratio", "weights: 'ratio' is not available; available: post-stratify, rake, linear"),
        ("bounds", "2", "bounds: '2' is not L,U with L below U, such as 0.5,2"),
        ("bounds", "2,0.5", "bounds: '2,0.5' is not L,U with L below U"),
        ("trim", "low,high", "trim: 'low,high' is not L,U with L below U"),
        ("trim", "nan,60", "trim: 'nan,60' is not L,U with L below U"),
        ("trim", "-5,60", "trim: '-5,60' is not L,U in transactions, each 0 or more"),
        ("trim", "1,inf", "trim: '1,inf' is not L,U in transactions"),
        ("trim", ",", "trim: ',' is not L,U in transactions"),
        ("margins", "/etc/passwd", "margins, row 1, column margin: is missing; the columns are /etc/passwd"),
        ("ci", "exact", "ci: 'exact' is not available; available: wilson, beta, logit, wald"),
        ("measure", "factor:", "measure: 'factor:' is not one of overall, factors, items, options, all"),
        ("level", "95", "level: '95' is not a confidence level"),
        ("level", "high", "level: 'high' is not a confidence level"),
        ("by", "unit,,channel", "by: 'unit,,channel' is no list of different columns"),
        ("by", "unit,unit", "by: 'unit,unit' is no list of different columns"),
        ("where", "sex", "where: 'sex' is not COLUMN=VALUE"),
        ("period", "2026", "period: '2026' is not FROM..TO"),
        ("no-fpc", "maybe", "no-fpc: 'maybe' is neither true nor false"),
        ("index", "", "index: is empty"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(name: str, value: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        read_request([(name, value)])
    assert str(refused.value).startswith(message)


def test_of_two_limits_either_may_be_left_out() -> None:
    for value, limits in (("0.5, 2", (0.5, 2)), (",60", (-math.inf, 60)), ("1,", (1, math.inf))):
        assert read_request([("trim", value)]).trim == limits


def test_what_may_be_given_once_is_refused_the_second_time() -> None:
    with pytest.raises(InputError, match="level: given 2 times; give it once"):
        read_request([("level", "0.9"), ("level", "0.95")])


def test_a_mean_is_refused_an_interval_for_shares() -> None:
    with pytest.raises(InputError, match="ci: 'wilson' is for shares; a mean has wald intervals only"):
        read_request([("statistic", "mean"), ("ci", "wilson")])


def test_a_level_lies_anywhere_between_0_and_1() -> None:
    assert read_request([("level", "0.3")]).options.level == 0.3
    for level in ("0", "1"):
        with pytest.raises(InputError, match=f"level: '{level}' is not a confidence level"):
            read_request([("level", level)])
