"""What the demonstration is for: intervals that cover the truth as often as they say."""

import numpy as np
import pytest

from sipas.demo.citizens import draw_citizens
from sipas.demo.city import FOLDER, read_city
from sipas.demo.frame import SERVICE_CHANNELS, IntArray, draw_frame
from sipas.demo.model import ANSWER_CHANNELS, GIVEN, Model, draw_model
from sipas.demo.truth import UnitTruth, unit_truths
from sipas.report.indices import prepare, rows
from sipas.report.request import EstimateRequest
from sipas.report.source import Source
from sipas.stats import Column, Frame, build_cells
from sipas.survey.instrument import read_instrument

INSTRUMENT = read_instrument((FOLDER / "instrument.toml").read_bytes())
FORMS = tuple(INSTRUMENT.form_for(channel).id for channel in ANSWER_CHANNELS)


def columns(model: Model, stratum: IntArray, placed: bool | np.ndarray) -> dict[str, Column]:
    city = model.strata.city
    fields = tuple(sorted({procedure.field for procedure in city.procedures}))
    field = np.array([fields.index(procedure.field) for procedure in city.procedures])
    procedure = model.strata.procedure[stratum]
    coded = {
        "unit": (model.strata.unit[stratum], [unit.code for unit in city.units]),
        "service_channel": (model.strata.service_channel[stratum], SERVICE_CHANNELS),
        "field": (np.where(placed, field[procedure], -1), fields),
        "procedure": (np.where(placed, procedure, -1), [one.code for one in city.procedures]),
    }
    return {name: Column(codes.astype(np.int32), tuple(levels)) for name, (codes, levels) in coded.items()}


def answered(model: Model, seed: int) -> Source:
    """As the database would hold it, without sending it there."""
    citizens = draw_citizens(model, INSTRUMENT, 20_000, seed)
    channel = citizens.channel.astype(np.int32)
    keys = columns(model, citizens.stratum, citizens.placed)
    keys |= {"channel": Column(channel, ANSWER_CHANNELS), "form": Column(channel, FORMS)}
    everything = np.arange(len(model.strata))
    return Source(
        name="demo",
        instrument=INSTRUMENT,
        strata=("unit", "service_channel", "field", "procedure"),
        cells=build_cells(INSTRUMENT.scoring(), citizens.answers, keys),
        frame=Frame(columns(model, everything, True), model.strata.transactions),
    )


@pytest.fixture(scope="module")
def truths() -> dict[int, list[UnitTruth]]:
    model = draw_model(draw_frame(read_city()), INSTRUMENT)
    prepared = {seed: prepare(EstimateRequest(), answered(model, seed)) for seed in range(1, 6)}
    return {seed: list(unit_truths(model, one, rows(one, ("unit",)))) for seed, one in prepared.items()}


def test_95_percent_intervals_cover_the_given_truth_in_90_to_99_percent_of_units(
    truths: dict[int, list[UnitTruth]],
) -> None:
    shares = {seed: np.mean([truth.covered for truth in of_seed]) for seed, of_seed in truths.items()}
    assert all(0.90 <= share <= 0.99 for share in shares.values()), shares
    assert 0.93 <= np.mean(list(shares.values())) <= 0.98


def test_the_city_s_given_index_is_the_published_one_within_half_a_point(
    truths: dict[int, list[UnitTruth]],
) -> None:
    for of_seed in truths.values():
        given = [truth.given for truth in of_seed if truth.given is not None]
        assert len(given) == 154
        weights = [truth.transactions for truth in of_seed]
        assert np.average(given, weights=weights) == pytest.approx(GIVEN, abs=0.005)
