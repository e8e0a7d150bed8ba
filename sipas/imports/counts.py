"""Counts of an import into the catalogue."""

import msgspec


class ImportCounts(msgspec.Struct, frozen=True):
    added: int
    changed: int
    unchanged: int
