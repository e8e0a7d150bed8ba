"""Exports as Parquet, SPSS .sav and Stata .dta."""

import warnings
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa

from sipas.report.export.arrow_batches import STATA_TAGS, ArrowFormat, arrow_array, arrow_type, described
from sipas.report.export.export_notes import note_lines
from sipas.report.export.export_table import MISSING_ANSWERS, ExportColumn, ExportTable, RowBatch, batches
from sipas.report.export.text_files import Advance
from sipas.tables.statistical_files import FILE_LABEL, PARQUET_MARK
from sipas.tables.variable_names import StatisticalFormat

_SAV_TEXT_BYTES_MOST, _DTA_TEXT_BYTES_MOST = 32_767, 2_045
_NOTE_BYTES: dict[StatisticalFormat, int] = {"sav": 80, "dta": 60_000}
_NOTES_MOST = 200
_SAV_LABEL_BYTES, _SAV_VALUE_LABEL_BYTES = 256, 120
_DTA_LABEL_CHARACTERS = 80
_CUT = "…"


def write_parquet(table: ExportTable, file: BinaryIO, advance: Advance) -> None:
    import pyarrow.parquet as pq  # no start of the service needs it

    fields = [described(column, arrow_type(column, "parquet")) for column in table.columns]
    facts = msgspec.json.encode(table.facts)
    schema = pa.schema(fields, {PARQUET_MARK: facts})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches(table):
            writer.write_batch(_record_batch(table, batch, "parquet", schema))
            advance(len(batch))


def _record_batch(
    table: ExportTable, batch: RowBatch, format_: ArrowFormat, schema: pa.Schema
) -> pa.RecordBatch:
    return pa.record_batch([arrow_array(one, batch, format_) for one in table.columns], schema=schema)


def write_sav(table: ExportTable, file: BinaryIO, advance: Advance) -> None:
    """Missing answers are user-missing values: -1, -2 and -3."""
    from readstat_arrow import SavWriter

    _write_statistical(table, file, "sav", SavWriter, advance, compression="rows")


def write_dta(table: ExportTable, file: BinaryIO, advance: Advance) -> None:
    """Missing answers are .a, .b and .c."""
    from readstat_arrow import DtaWriter

    _write_statistical(table, file, "dta", DtaWriter, advance)


def _write_statistical(
    table: ExportTable,
    file: BinaryIO,
    format_: StatisticalFormat,
    writer_type: Any,
    advance: Advance,
    **options: Any,
) -> None:
    names = table.variable_names(format_)
    schema = pa.schema([(names[one.name], arrow_type(one, format_)) for one in table.columns])
    metadata = _metadata(table, names, format_)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of long texts: the codebook holds them whole
        with writer_type(
            file, schema, len(table), metadata, on_text_limits_exceeded="truncate", **options
        ) as writer:
            for batch in batches(table):
                writer.write_batch(_record_batch(table, batch, format_, schema))
                advance(len(batch))


def _metadata(table: ExportTable, names: dict[str, str], format_: StatisticalFormat) -> Any:
    import readstat_arrow

    answers = [names[one.name] for one in table.columns if one.kind == "answer"]
    missing = {"values": sorted(MISSING_ANSWERS, reverse=True)}
    make: Any = readstat_arrow.Metadata  # whose types are stricter than they need be
    return make(
        variable_labels={names[one.name]: _label(one.label, format_) for one in table.columns},
        value_labels={names[one.name]: _codes(one, format_) for one in table.columns if one.labels},
        storage_widths={names[one.name]: _width(one, format_) for one in table.columns if one.kind == "text"},
        measures={names[one.name]: one.measure for one in table.columns},
        missing_values=dict.fromkeys(answers, missing) if format_ == "sav" else {},
        file_label=f"{FILE_LABEL} {table.facts.round}"[:60],
        notes=_notes(table, format_),
    )


def _label(text: str, format_: StatisticalFormat) -> str:
    """Return a label that the program can hold; one that is cut ends with a sign of it."""
    if format_ == "dta":
        return text if len(text) <= _DTA_LABEL_CHARACTERS else text[: _DTA_LABEL_CHARACTERS - 1] + _CUT
    return cut_bytes(text, _SAV_LABEL_BYTES)


def cut_bytes(text: str, most: int) -> str:
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - len(_CUT.encode())].decode(errors="ignore") + _CUT


def _codes(column: ExportColumn, format_: StatisticalFormat) -> list[dict[str, Any]]:
    if format_ == "dta":
        return [{"value": STATA_TAGS.get(number, number), "label": label} for number, label in column.labels]
    return [
        {"value": number, "label": cut_bytes(label, _SAV_VALUE_LABEL_BYTES)}
        for number, label in column.labels
    ]


def _width(column: ExportColumn, format_: StatisticalFormat) -> int:
    longest = max((len(str(value).encode()) for value in column.values), default=1)
    return min(max(longest, 1), _SAV_TEXT_BYTES_MOST if format_ == "sav" else _DTA_TEXT_BYTES_MOST)


def _notes(table: ExportTable, format_: StatisticalFormat) -> list[str]:
    most = _NOTE_BYTES[format_]
    return [part for line in note_lines(table.facts) for part in _wrapped(line, most)][:_NOTES_MOST]


def _wrapped(line: str, most: int) -> list[str]:
    """Return the line in parts of at most that many bytes, cut between words where possible."""
    parts, words = [""], line.split(" ")
    for word in words:
        longer = f"{parts[-1]} {word}".strip()
        if len(longer.encode()) <= most:
            parts[-1] = longer
        else:
            parts.append(cut_bytes(word, most))
    return parts
