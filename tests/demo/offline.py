"""The demonstration's answers as the database would hold them, without sending them there."""

import numpy as np

from sipas.demo.citizens import Citizens, draw_citizens
from sipas.demo.city import CITY_FOLDER
from sipas.demo.frame import SERVICE_CHANNELS, IntArray
from sipas.demo.model import ANSWER_CHANNELS, Model
from sipas.report.sources.source import Source
from sipas.stats import Column, Frame, build_cells
from sipas.survey.instruments.reading import read_instrument

INSTRUMENT = read_instrument((CITY_FOLDER / "instrument.toml").read_bytes())
FORMS = tuple(INSTRUMENT.form_for(channel).id for channel in ANSWER_CHANNELS)


def answered(model: Model, seed: int, responses: int = 20_000) -> Source:
    return source_of(model, draw_citizens(model, INSTRUMENT, responses, seed), responses)


def source_of(model: Model, citizens: Citizens, first: int) -> Source:
    """Of the first citizens to answer."""
    stratum, placed = citizens.stratum[:first], citizens.placed[:first]
    channel = citizens.channel[:first].astype(np.int32)
    keys = columns(model, stratum, placed)
    keys |= {"channel": Column(channel, ANSWER_CHANNELS), "form": Column(channel, FORMS)}
    everything = np.arange(len(model.strata))
    return Source(
        name="demo",
        instrument=INSTRUMENT,
        strata=("unit", "service_channel", "field", "procedure"),
        cells=build_cells(INSTRUMENT.scoring(), citizens.answers[:first], keys),
        frame=Frame(columns(model, everything, True), model.strata.transactions),
    )


def columns(model: Model, stratum: IntArray, placed: bool | np.ndarray) -> dict[str, Column]:
    city = model.strata.city
    fields = tuple(sorted({procedure.field for procedure in city.procedures}))
    types = tuple(sorted({unit.type for unit in city.units}))
    field = np.array([fields.index(procedure.field) for procedure in city.procedures])
    of_type = np.array([types.index(unit.type) for unit in city.units])
    unit, procedure = model.strata.unit[stratum], model.strata.procedure[stratum]
    coded = {
        "unit": (unit, [one.code for one in city.units]),
        "unit_type": (of_type[unit], types),
        "service_channel": (model.strata.service_channel[stratum], SERVICE_CHANNELS),
        "field": (np.where(placed, field[procedure], -1), fields),
        "procedure": (np.where(placed, procedure, -1), [one.code for one in city.procedures]),
    }
    return {name: Column(codes.astype(np.int32), tuple(levels)) for name, (codes, levels) in coded.items()}
