"""Facts about an export: what it holds, how weights were made, what was coarsened."""

from typing import Final

import msgspec

from sipas.messages import Language
from sipas.report.indices.index_table import SOFTWARE, TableHeader

# Contents of the database that files hold in part or not at all.
COARSENED: Final = (
    *(
        "times",
        "rows",
        "days",
        "stored-dates",
        "procedures",
        "languages",
        "kiosks",
        "clusters",
        "places",
        "numbers",
    ),
)


class Watermark(msgspec.Struct, frozen=True):
    """The state of the round: its segments, and how many responses they held."""

    rebuilds: int
    segment: int
    responses: int


class Coarsening(msgspec.Struct, frozen=True):
    """One of COARSENED, and in how many rows, if that can be counted."""

    code: str
    n: int | None = None


class FrameFacts(msgspec.Struct, frozen=True):
    """The frame's strata and their completed transactions."""

    strata: int
    transactions: int


class ExportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """header: of the weights; None where a round has none, as of comments.

    rows: in the file. exported_on: a day. period, where: the filter.
    """

    round: str
    instrument: str
    language: Language
    rows: int
    watermark: Watermark
    exported_on: str
    where: tuple[str, ...]
    period: str | None
    frame: FrameFacts | None
    coarsened: tuple[Coarsening, ...]
    header: TableHeader | None = None
    software: str = SOFTWARE
