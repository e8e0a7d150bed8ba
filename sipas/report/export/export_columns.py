"""The columns of a round's responses: place, channels, dates, attributes and answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sipas.report.export.coarse_dates import CoarseDates
from sipas.report.export.export_labels import ExportLabels, measure_of
from sipas.report.export.export_table import Codes, ExportColumn
from sipas.report.sources.dimensions import Maker
from sipas.report.sources.snapshot import Snapshot
from sipas.stats import Column
from sipas.survey.columns import FLAG
from sipas.survey.instruments.coded_columns import CodedColumn, coded_columns
from sipas.survey.links.coarsening import TIME_LEVELS
from sipas.survey.segments.keyed import narrow

CLUSTER = "village"  # the attribute of household samples that names the cluster; exported on request alone
_PLACES = ("unit", "unit_type", "procedure", "field", "service_channel")
_COLLECTION = ("channel", "form", "language", "complete", FLAG)
_DIGITS_MOST = 9  # of an attribute that is exported as a number
_NAMED = ("procedure",)  # beside units and their ancestors


@dataclass(frozen=True)
class ResponseExport:
    """Makes columns of a round's responses."""

    snapshot: Snapshot
    labels: ExportLabels
    dates: CoarseDates
    with_villages: bool = False

    @property
    def _coded(self) -> dict[str, CodedColumn]:
        return coded_columns(self.snapshot.instrument)

    def columns(self) -> Iterator[ExportColumn]:
        """Yield all but those of the weights."""
        makers = self.snapshot.dimensions.makers
        unit_columns = [name for name in self._ancestors() if name in makers]
        for name in (_PLACES[0], *unit_columns, *_PLACES[1:], *_COLLECTION):
            yield from self._domain(name, makers[name])
        yield from self._dates()
        for name in self.attribute_names():
            yield from self._domain(name, makers[name])
        yield from self.answers()

    def attribute_names(self) -> list[str]:
        """Return the attributes of responses, without those that are columns of another name."""
        taken = {*_PLACES, *_COLLECTION, *self._ancestors(), "date", "date_kept"}
        taken |= set() if self.with_villages else {CLUSTER}
        declared = [one.id for one in self.snapshot.instrument.all_attributes]
        return [
            name
            for name in dict.fromkeys([*declared, *sorted(self.snapshot.responses.attributes)])
            if name not in taken and name in self.snapshot.responses.attributes
        ]

    def _ancestors(self) -> list[str]:
        """Return the types of units that lie above those of the responses."""
        catalogue, found = self.snapshot.catalogue, dict[str, None]()
        for unit in self.snapshot.responses.keys["unit"].values:
            found |= dict.fromkeys(one.type for one in catalogue.ancestors(catalogue.units[unit]))
        return list(found)

    def _domain(self, name: str, make: Maker) -> Iterator[ExportColumn]:
        column, label = make(), self.labels.own(name)
        coded = self._coded.get(name)
        if coded is not None and set(column.levels) <= set(coded.codes):
            yield self._category(name, column, coded)
            return
        if whole := _as_whole(name, label, column):
            yield whole
            return
        yield ExportColumn(name, label, "text", column.codes, column.levels)
        if name in _NAMED or name in self.labels.names.unit_columns:
            words = tuple(self.labels.names.level(name, code) for code in column.levels)
            named = self.labels.word("export.name_of", column=label)
            yield ExportColumn(f"{name}_name", named, "text", column.codes, words)

    def _category(self, name: str, column: Column, coded: CodedColumn) -> ExportColumn:
        places = [coded.codes.index(level) for level in column.levels]
        codes = narrow([*places, -1], len(coded.codes))[column.codes]
        labels = tuple(
            (number, self.labels.level(name, code)) for number, code in enumerate(coded.codes, coded.first)
        )
        return ExportColumn(name, self.labels.own(name), "category", codes, coded.codes, coded.first, labels)

    def _dates(self) -> Iterator[ExportColumn]:
        dates, kept = self.dates.dates, self.dates.kept
        yield ExportColumn(
            "date", self.labels.own("date"), "date", dates.codes, dates.values, measure="scale"
        )
        levels = Column(kept.astype(np.int32), tuple(TIME_LEVELS))
        yield self._category("date_kept", levels, self._coded["date_kept"])

    def answers(self) -> Iterator[ExportColumn]:
        instrument = self.snapshot.instrument
        for column, stored in zip(instrument.answer_columns(), self.snapshot.responses.answers, strict=True):
            item = instrument.items_by_id[column.item]
            highest = int(stored.max(initial=0)) + 1
            values: Sequence[object] = range(highest)
            if column.kind == "choice":
                values = ("", *(option.code for option in item.options))
            yield ExportColumn(
                column.id,
                self.labels.answer(column),
                "answer",
                stored,
                values,
                labels=(*self.labels.answer_values(column), *self.labels.missing),
                measure=measure_of(column),
                item=column.item,
            )


def _as_whole(name: str, label: str, column: Column) -> ExportColumn | None:
    """Return an attribute as numbers if all its values are whole numbers without zeros in front."""
    if not column.levels or name in (*_PLACES, *_COLLECTION) or not all(map(_is_whole, column.levels)):
        return None
    numbers = tuple(map(int, column.levels))
    return ExportColumn(name, label, "whole", column.codes, numbers, measure="scale")


def _is_whole(text: str) -> bool:
    return len(text) <= _DIGITS_MOST and text.isascii() and text.isdecimal() and str(int(text)) == text


def cluster_codes(snapshot: Snapshot) -> Codes | None:
    """Return the cluster of each response; None where the round has none."""
    keyed = snapshot.responses.attributes.get(CLUSTER)
    return None if keyed is None else keyed.codes
