"""What an import of the catalogue did."""

import msgspec


class Counts(msgspec.Struct, frozen=True):
    added: int
    changed: int
    unchanged: int
