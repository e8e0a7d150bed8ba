"""Strata of responses that the frame does not have: what the error says."""

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Column, Frame, build_cells, post_stratify
from sipas.stats.weights.strata import OutOfDate
from tests.stats.surveys import ONE


def refused(
    responses: list[tuple[str, str]], frame: list[tuple[str, str]], out_of_date: OutOfDate = "fail"
) -> str:
    names = ("unit", "channel")
    columns = {name: Column.of(row[k] for row in responses) for k, name in enumerate(names)}
    cells = build_cells(ONE, np.full((len(responses), 1), 5, dtype=np.int16), columns)
    counted = Frame(
        {name: Column.of(row[k] for row in frame) for k, name in enumerate(names)}, np.full(len(frame), 50)
    )
    with pytest.raises(StatisticsError) as error:
        post_stratify(cells, counted, names, out_of_date=out_of_date)
    return str(error.value)


@pytest.mark.parametrize("out_of_date", ["fail", "raise-count"])
def test_lost_leading_zeros_are_named(out_of_date: OutOfDate) -> None:
    message = refused(
        [("00070", "counter"), ("00071", "counter")], [("70", "counter"), ("71", "counter")], out_of_date
    )
    assert message.startswith(
        "no stratum of the frame is called unit=00070, unit=00071; there are 70, 71. '00070' of the responses"
        " and '70' of the frame differ in leading zeros only"
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "what"),
    [
        ("70", "70.0", "'.0'"),
        ("70.0", "70", "'.0'"),
        ("70,0", "70", "',0'"),
        ("7E+01", "70", "the way in which a spreadsheet writes numbers"),
        ("Hoà Bình", "Hòa Bình", "the place of the tone mark"),
        ("Thuỷ", "Thủy", "the place of the tone mark"),
        ("Ba  Đình", "Ba Đình", "spaces"),
        ("KV\u20131", "KV-1", "hyphens"),
        ("hoà  bình", "Hòa Bình", "capital letters, spaces, hyphens or the place of the tone mark"),
        ("u1", "U1", "capital letters"),
        ("00070", "70.0", "spaces, leading zeros or '.0'"),
        ("U1 ", "U1\u00a0", "spaces, leading zeros or '.0'"),
    ],
)
def test_codes_written_otherwise_are_put_beside_each_other(ours: str, theirs: str, what: str) -> None:
    message = refused([(ours, "counter")], [("A", "counter"), (theirs, "counter")])
    assert f"there are {theirs}, A. {ours!r} of the responses and {theirs!r} of the frame" in message
    assert f" differ in {what} only" in message


def test_another_tone_makes_another_name() -> None:
    message = refused([("Hoá", "counter")], [("Hòa", "counter")])
    assert "Write the same codes in both files" in message


def test_a_level_of_another_column_is_named_with_it() -> None:
    message = refused([("U", "counter"), ("U", "Counter")], [("U", "counter"), ("U", "post")])
    assert "called channel=Counter; there are counter, post" in message


def test_a_level_that_is_like_none_is_named_beside_those_that_there_are() -> None:
    message = refused([("U9", "counter")], [("U1", "counter")])
    assert message.startswith("no stratum of the frame is called unit=U9; there are U1. Write the same codes")


def test_a_combination_that_is_not_there_is_named_beside_its_siblings() -> None:
    message = refused([("U", "online"), ("V", "online")], [("U", "counter"), ("U", "post"), ("V", "online")])
    assert message.startswith(
        "the frame has no stratum unit=U, channel=online. Of unit=U it has channel=counter, channel=post."
    )
