"""Files of SPSS, Stata and Parquet as rows of text, as a CSV of them would hold.

Exports of ours keep why an answer is missing. In other files every kind of missing value is an empty cell.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sipas.errors import TableError

FILE_LABEL = "sipas export"  # begins the label of our exports
PARQUET_MARK = b"sipas"  # in the metadata of their schema
Kind = Literal["sav", "dta", "parquet"]
_MAGIC: Final[dict[bytes, Kind]] = {
    b"$FL2": "sav",
    b"$FL3": "sav",
    b"<sta": "dta",
    b"PAR1": "parquet",
}
_MAGIC_BYTES = 4
_BATCH_ROWS = 10_000
_ABSENT = {-1: "", -2: "NA", -3: "-"}
_OF_TAG = {"a": "", "b": "NA", "c": "-"}

NumberedRows = Iterator[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class _Loaded:
    """table: Arrow's. coded: columns of our exports whose numbers below 0 are missing answers."""

    table: Any
    coded: frozenset[str]
    is_ours: bool


def statistical_kind(content: bytes) -> Kind | None:
    return _MAGIC.get(content[:_MAGIC_BYTES])


@dataclass(frozen=True)
class OwnExport:
    """An export of ours: its format, and its header."""

    kind: Kind
    header: tuple[str, ...]


def find_own_export(path: Path) -> OwnExport | None:
    """Return what is known of a file that is an export of ours as SPSS, Stata or Parquet; else None."""
    with path.open("rb") as file:
        kind = statistical_kind(file.read(_MAGIC_BYTES))
    if kind is None:
        return None
    loaded = _load(path.name, path.read_bytes(), kind)
    return OwnExport(kind, tuple(loaded.table.column_names)) if loaded.is_ours else None


@contextmanager
def statistical_rows(file: str, content: bytes, kind: Kind) -> Iterator[NumberedRows]:
    yield _rows(_load(file, content, kind))


def _load(file: str, content: bytes, kind: Kind) -> _Loaded:
    try:
        return _load_parquet(content) if kind == "parquet" else _load_statistical(content, kind)
    except (OSError, ValueError, RuntimeError) as error:  # of Arrow and ReadStat
        problem = " ".join(str(error).split())
        raise TableError(file, f"is no .{kind} file that can be read: {problem}") from None


def _load_parquet(content: bytes) -> _Loaded:
    import pyarrow.parquet as pq  # no start of the service needs it

    table = pq.read_table(io.BytesIO(content))
    is_ours = PARQUET_MARK in (table.schema.metadata or {})
    fields = [field for field in table.schema if b"missing" in (field.metadata or {})]
    return _Loaded(table, frozenset(field.name for field in fields) if is_ours else frozenset(), is_ours)


def _load_statistical(content: bytes, kind: Kind) -> _Loaded:
    import readstat_arrow  # no start of the service needs it

    read = readstat_arrow.read_sav if kind == "sav" else readstat_arrow.read_dta
    _, metadata = read(io.BytesIO(content), row_limit=1)
    is_ours = (metadata.file_label or "").startswith(FILE_LABEL)
    table, metadata = read(io.BytesIO(content), preserve_user_missing=is_ours)
    return _Loaded(table, frozenset(metadata.missing_values) if is_ours else frozenset(), is_ours)


def _rows(loaded: _Loaded) -> NumberedRows:
    names = loaded.table.column_names
    yield 1, names
    number = 2
    for batch in loaded.table.to_batches(_BATCH_ROWS):
        columns = [_texts(batch.column(place), name in loaded.coded) for place, name in enumerate(names)]
        for row in zip(*columns, strict=True):
            yield number, row
            number += 1


def _texts(array: Any, is_coded: bool) -> list[str]:
    """Return a column as text, each different value written once."""
    known: dict[Any, str] = dict(_ABSENT) if is_coded else {}
    texts = []
    for value in array.to_pylist():
        if isinstance(value, dict):  # Stata's extended missing values stand beside the value
            text = _OF_TAG.get(value["tag"], "") if value["tag"] else _text(value["value"])
        else:
            text = known[value] if value in known else known.setdefault(value, _text(value))
        texts.append(text)
    return texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
