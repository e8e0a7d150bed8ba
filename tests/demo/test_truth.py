"""The truth beside the figures, reckoned by hand for a city of three units."""

import csv
from pathlib import Path

import numpy as np
import pytest

from sipas.demo.city import CITY_FOLDER
from sipas.demo.frame import SERVICE_CHANNELS
from sipas.demo.truth import UnitTruth, unit_truths, write_truths
from sipas.report.indices.indices import prepare, rows
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats import Column, Frame, build_cells
from sipas.survey.instruments.reading import read_instrument
from tests.demo.hamlet import AT_KIOSK, COUNTER, ONLINE, PRIVATE, STRATA, hamlet

INSTRUMENT = read_instrument((CITY_FOLDER / "instrument.toml").read_bytes())
# Unit, procedure, service channel, answer channel, how many. Nobody of C answers, nor about A's births.
ANSWERED = [(0, 0, COUNTER, "kiosk", 6), (0, 0, COUNTER, "sms", 5), (0, 0, ONLINE, "sms", 5)]
ANSWERED += [(1, 0, COUNTER, "kiosk", 7)]
STRATA_COLUMNS = ("unit", "service_channel", "field", "procedure")


def columns(keys: list[tuple[int, int, int]]) -> dict[str, Column]:
    city = hamlet().strata.city
    return {
        "unit": Column.of(city.units[unit].code for unit, _, _ in keys),
        "service_channel": Column.of(SERVICE_CHANNELS[channel] for _, _, channel in keys),
        "field": Column.of(city.procedures[procedure].field for _, procedure, _ in keys),
        "procedure": Column.of(city.procedures[procedure].code for _, procedure, _ in keys),
    }


def source() -> Source:
    people = [(key, channel) for *key, channel, count in ANSWERED for _ in range(count)]
    answered = columns([(unit, procedure, service) for (unit, procedure, service), _ in people])
    answered["channel"] = Column.of(channel for _, channel in people)
    answers = np.full((len(people), 23), 4, np.int16)
    answers[::3] = 2
    return Source(
        name="hamlet",
        instrument=INSTRUMENT,
        strata=STRATA_COLUMNS,
        cells=build_cells(INSTRUMENT.scoring(), answers, answered),
        frame=Frame(columns([stratum[:3] for stratum in STRATA]), np.array([count for *_, count in STRATA])),
    )


@pytest.fixture(scope="module")
def truths() -> dict[str, UnitTruth]:
    prepared = prepare(EstimateRequest(), source())
    return {truth.unit: truth for truth in unit_truths(hamlet(), prepared, rows(prepared, ("unit",)))}


def test_a_stratum_with_both_groups_speaks_half_through_each(truths: dict[str, UnitTruth]) -> None:
    copies = (AT_KIOSK[0] + PRIVATE[0]) / 2
    online = PRIVATE[1]  # only links were answered
    births = PRIVATE[2]  # nobody was heard: pooled with online, of which the smallest part was heard
    assert truths["A"].given == pytest.approx((60 * copies + 30 * online + 10 * births) / 100)


def test_a_unit_heard_at_its_kiosk_alone_speaks_through_it_for_all(truths: dict[str, UnitTruth]) -> None:
    assert truths["B"].given == pytest.approx((20 * AT_KIOSK[3] + 20 * AT_KIOSK[4]) / 40)


def test_the_private_truth_knows_no_channel(truths: dict[str, UnitTruth]) -> None:
    assert truths["A"].private == pytest.approx((60 * 0.5 + 30 * 0.6 + 10 * 0.8) / 100)
    assert truths["B"].private == pytest.approx((20 * 0.2 + 20 * 0.5) / 40)


def test_a_unit_of_which_nobody_answers_has_no_given_truth(truths: dict[str, UnitTruth]) -> None:
    assert truths["C"].n == 0
    assert truths["C"].given is None
    assert truths["C"].covered is None
    assert truths["C"].private == pytest.approx(0.9)


def test_covered_says_whether_the_interval_holds_the_given_truth(truths: dict[str, UnitTruth]) -> None:
    for truth in (truths["A"], truths["B"]):
        assert truth.low is not None
        assert truth.high is not None
        assert truth.given is not None
        assert truth.covered is (truth.low <= truth.given <= truth.high)


def test_the_file_has_a_row_for_each_unit_and_nothing_for_what_is_unknown(
    truths: dict[str, UnitTruth], tmp_path: Path
) -> None:
    write_truths(tmp_path / "truth.csv", truths.values())
    a, _, c = csv.DictReader((tmp_path / "truth.csv").read_text(encoding="utf-8").splitlines())
    assert list(a)[:5] == ["unit", "name", "given", "private", "n"]
    assert (a["unit"], a["name"], a["transactions"]) == ("A", "Phường A", "100")
    assert float(a["given"]) == pytest.approx(truths["A"].given, abs=1e-6)
    assert (c["given"], c["estimate"], c["covered"]) == ("", "", "")
