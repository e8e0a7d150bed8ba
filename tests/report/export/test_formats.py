"""Exports of the reference round read back by other programs."""

from pathlib import Path

import pytest

from sipas.report.export.build_export import build_export
from sipas.report.export.export_table import ExportTable
from sipas.report.export.exporting import read_export_request, write_table
from tests.report.conftest import Reference


@pytest.fixture
async def table(sipas_round: Reference) -> ExportTable:
    snapshot = await sipas_round.rounds.snapshot("reference")
    return build_export(snapshot, read_export_request([("round", "reference")]), "en")


async def test_try(table: ExportTable, tmp_path: Path) -> None:
    for f in ("csv", "xlsx", "sav", "dta", "parquet"):
        with open(f"/tmp/ex.{f}", "wb") as file:
            write_table(table, f, file)
