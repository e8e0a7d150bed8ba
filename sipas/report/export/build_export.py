"""Build the export of a round's responses from its state at one moment."""

from dataclasses import replace

from sipas.messages import Language
from sipas.report.export.coarse_dates import coarsen_dates
from sipas.report.export.export_columns import CLUSTER, ResponseExport
from sipas.report.export.export_facts import Coarsening, ExportFacts, FrameFacts, Watermark
from sipas.report.export.export_labels import ExportLabels
from sipas.report.export.export_table import ExportColumn, ExportTable, no_codes
from sipas.report.export.row_order import content_order
from sipas.report.export.weight_columns import cluster_column, weighted_rows
from sipas.report.names import Names
from sipas.report.request import EstimateRequest
from sipas.report.sources.snapshot import Snapshot
from sipas.survey.catalogue import local_day
from sipas.survey.instruments.own_exports import known_names
from sipas.survey.links.coarsening import TIME_LEVELS
from sipas.survey.links.mix_plan import NO_LANGUAGE

ROW_ID = "response_id"
_TAKEN_PREFIX = "x_"


def build_export(
    snapshot: Snapshot,
    request: EstimateRequest,
    language: Language,
    *,
    whole: bool = False,
    with_villages: bool = False,
) -> ExportTable:
    """Return the responses that the request keeps, with weights of all responses of the round.

    whole: return all, and mark those that the conditions and the period keep. with_villages: keep the names
    of villages, which the weights of a household sample need.
    """
    labels = ExportLabels(snapshot.instrument, Names(language, snapshot.catalogue))
    weighted = weighted_rows(snapshot, request, whole=whole)
    dates = coarsen_dates(snapshot.responses, snapshot.round.anonymity)
    weights = tuple(weighted.columns(labels))
    content = (*weights, *ResponseExport(snapshot, labels, dates, with_villages).columns())
    cluster = cluster_column(snapshot, content, weighted.rows, labels)
    row = ExportColumn(ROW_ID, labels.own(ROW_ID), "row", no_codes(), measure="scale")
    columns = (row, *weights, *([cluster] if cluster else ()), *content[len(weights) :])
    order = content_order(columns, weighted.rows)
    facts = ExportFacts(
        round=snapshot.round.code,
        instrument=snapshot.instrument.name,
        language=language,
        rows=len(order),
        watermark=snapshot_watermark(snapshot),
        exported_on=local_day(snapshot.moment).isoformat(),
        where=tuple(f"{column}={level}" for column, level in request.where),
        period=None if request.period is None else str(request.period),
        frame=FrameFacts(len(snapshot.frame.counts), int(snapshot.frame.counts.sum())),
        coarsened=tuple(_coarsened(snapshot, dates.coarsened, with_villages)),
        header=weighted.header,
    )
    named = _distinct(columns)
    return ExportTable("responses", named, order, facts, known_names(snapshot.instrument))


def snapshot_watermark(snapshot: Snapshot) -> Watermark:
    version = snapshot.version
    return Watermark(version.rebuilds, version.number, len(snapshot.responses))


def _coarsened(snapshot: Snapshot, dates: int, with_villages: bool) -> list[Coarsening]:
    kept = snapshot.responses.keys["time_kept"]
    stored = int(kept.mask(lambda level: level != TIME_LEVELS[0]).sum())
    unplaced = int((snapshot.responses.keys["procedure"].codes < 0).sum())
    found = [Coarsening("times"), Coarsening("rows")]
    found += [Coarsening("days", dates)] if dates else []
    found += [Coarsening("stored-dates", stored)] if stored else []
    found += [Coarsening("procedures", unplaced)] if unplaced else []
    languages = int(snapshot.responses.keys["language"].mask(lambda one: one == NO_LANGUAGE).sum())
    found += [Coarsening("languages", languages)] if languages else []
    found += [Coarsening("kiosks")] if snapshot.responses.keys["kiosk"].values else []
    found += (
        [Coarsening("clusters")] if CLUSTER in snapshot.responses.attributes and not with_villages else []
    )
    return found


def _distinct(columns: tuple[ExportColumn, ...]) -> tuple[ExportColumn, ...]:
    """Return columns of different names. Answers keep theirs, by which other programs know them."""
    answers = {column.name for column in columns if column.kind == "answer"}
    taken, named = set(answers), []
    for column in columns:
        name = column.name
        if column.kind != "answer":
            while name in taken:
                name = _TAKEN_PREFIX + name
            taken.add(name)
        named.append(column if name == column.name else replace(column, name=name))
    return tuple(named)
