"""Values that a condition may name: those that are there, and those that could be."""

import re
from collections.abc import Collection, Mapping

from sipas.errors import InputError
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import CHANNELS, FLAG, SERVICE_CHANNELS
from sipas.survey.instruments.instrument import Instrument

ColumnLevels = Mapping[str, Collection[str]]

_TIMES = {"month": r"\d{4}-\d\d", "quarter": r"\d{4}-Q[1-4]", "year": r"\d{4}"}  # one may pass unanswered
_LEVELS_IN_ERRORS = 8  # values that an error names


def require_levels(source: Source, request: EstimateRequest, known: ColumnLevels) -> Source:
    """Refuse a value that responses, frame and catalogue all lack: it is a slip, not an empty domain."""
    for name, level in request.where:
        found = _levels_of(source, name)
        if level in found or level in known.get(name, ()) or re.fullmatch(_TIMES.get(name, "(?!)"), level):
            continue
        raise InputError(f"where: no response has {name}={level}; there are {some_levels(found)}")
    return source


def _levels_of(source: Source, name: str) -> set[str]:
    frame = source.frame.columns if source.frame else {}
    found = [columns[name].levels for columns in (source.cells.columns, frame) if name in columns]
    return {level for levels in found for level in levels}


def some_levels(levels: Collection[str]) -> str:
    more = f" and {len(levels) - _LEVELS_IN_ERRORS} more" if len(levels) > _LEVELS_IN_ERRORS else ""
    return (", ".join(sorted(levels)[:_LEVELS_IN_ERRORS]) or "no values yet") + more


def catalogue_levels(catalogue: Catalogue, instrument: Instrument) -> ColumnLevels:
    """By column: what a round could be told apart by, whether anybody answered or not."""
    units, procedures = catalogue.units.values(), catalogue.procedures.values()
    by_type: dict[str, set[str]] = {}
    for unit in units:
        by_type.setdefault(unit.type, set()).add(unit.code)
    return {
        **by_type,
        "unit": {unit.code for unit in units},
        "unit_type": by_type.keys(),
        "procedure": {procedure.code for procedure in procedures},
        "field": {procedure.field for procedure in procedures},
        "channel": CHANNELS,
        "service_channel": SERVICE_CHANNELS,
        "form": {form.id for form in instrument.all_forms()},
        "complete": ("true", "false"),
        FLAG: ("true", "false"),
    }
