"""The catalogue: one consistent snapshot in memory, and the copy that a server keeps current."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sipas.errors import NotFound
from sipas.postgres.pool import Connection, Pool
from sipas.queries import catalogue as rows
from sipas.queries.catalogue import Procedure, Round, Unit
from sipas.stats.spelling import bare_code, spelling_difference
from sipas.survey.columns import RESERVED_COLUMNS
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import decode_instrument
from sipas.survey.instruments.sheets import Sheet

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Catalogue:
    """Units, procedures and instruments by database id, and rounds by code."""

    version: int
    units: dict[int, Unit]
    procedures: dict[int, Procedure]
    instruments: dict[int, Instrument]
    rounds: dict[str, Round]

    @cached_property
    def units_by_code(self) -> dict[str, list[Unit]]:
        by_code: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            by_code[unit.code].append(unit)
        return dict(by_code)

    @cached_property
    def procedures_by_code(self) -> dict[str, Procedure]:
        return {procedure.code: procedure for procedure in self.procedures.values()}

    @cached_property
    def instrument_ids(self) -> dict[str, int]:
        return {instrument.name: i for i, instrument in self.instruments.items()}

    @cached_property
    def sheets(self) -> dict[tuple[str, str], Sheet]:
        """Return the sheets by instrument and form."""
        return {
            (instrument.name, form.id): Sheet(instrument, form)
            for instrument in self.instruments.values()
            for form in instrument.all_forms()
        }

    @cached_property
    def rounds_by_instrument(self) -> dict[int, list[Round]]:
        by_instrument: defaultdict[int, list[Round]] = defaultdict(list)
        for round_ in self.rounds.values():
            by_instrument[round_.instrument_id].append(round_)
        return dict(by_instrument)

    @cached_property
    def reserved_columns(self) -> frozenset[str]:
        """Return the columns that every response has, types of units included. No attribute may use these
        names.
        """
        return RESERVED_COLUMNS | {unit.type for unit in self.units.values()}

    def unit_at(self, code: str, day: date) -> Unit | None:
        """Return the unit that had the code on that day."""
        for unit in self.units_by_code.get(code, ()):
            if (unit.valid_from or date.min) <= day <= (unit.valid_to or date.max):
                return unit
        return None

    def round_at(self, instrument_id: int, moment: datetime) -> Round | None:
        """Return the round of the instrument at that moment. The database lets no two overlap."""
        for round_ in self.rounds_by_instrument.get(instrument_id, ()):
            if is_open(round_, moment):
                return round_
        return None

    def open_round(self, moment: datetime) -> Round | None:
        """Return the round that kiosks ask: of the open rounds, the one that opened last."""
        rounds = [round_ for round_ in self.rounds.values() if is_open(round_, moment)]
        return max(rounds, key=lambda round_: (round_.opens_at, round_.id), default=None)

    def get_round(self, code: str) -> Round:
        if code not in self.rounds:
            known = ", ".join(sorted(self.rounds)) or "none yet; `sipas round open` makes one"
            raise NotFound(f"there is no round {code!r}; the rounds are: {known}")
        return self.rounds[code]

    def find_round(self, round_id: int) -> Round | None:
        return next((round_ for round_ in self.rounds.values() if round_.id == round_id), None)

    def instrument_of(self, round_: Round) -> Instrument:
        return self.instruments[round_.instrument_id]

    def ancestors(self, unit: Unit) -> Iterator[Unit]:
        """Yield the unit's parent, its parent, and so on."""
        while unit.parent_id is not None:
            unit = self.units[unit.parent_id]
            yield unit


def is_open(round_: Round, moment: datetime) -> bool:
    return round_.opens_at <= moment and (round_.closes_at is None or moment < round_.closes_at)


def local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


async def load_catalogue(conn: Connection) -> Catalogue:
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        return Catalogue(
            version=await rows.get_catalogue_version(conn),
            units={unit.id: unit for unit in await rows.list_units(conn)},
            procedures={procedure.id: procedure for procedure in await rows.list_procedures(conn)},
            instruments={i: decode_instrument(source) for i, source in await rows.list_instruments(conn)},
            rounds={round_.code: round_ for round_ in await rows.list_rounds(conn)},
        )


class LiveCatalogue:
    """The snapshot that a server works with. Refresh it before reporting that a code is unknown."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.now: Catalogue = Catalogue(0, {}, {}, {}, {})
        self.sealing = asyncio.Lock()  # one sealing task for each process

    async def refresh(self) -> Catalogue:
        """Return the current catalogue. It is read again only if its version number has changed."""
        async with self.pool.acquire() as conn:
            if await rows.get_catalogue_version(conn) != self.now.version:
                self.now = await load_catalogue(conn)
        return self.now


def alike_code_hint(code: str, known: Iterable[str]) -> str:
    """Return the end of a message that names the code of the catalogue which may be meant; "" for none."""
    bare = bare_code(code)
    alike = next((other for other in known if bare_code(other) == bare or _same_number(code, other)), None)
    if alike is None:
        return ""
    if _same_number(code, alike):
        return f"; is {alike} meant, and did a spreadsheet drop its zeros?"
    return f"; is {alike} meant? They differ in {spelling_difference(code, alike)}"


def _same_number(one: str, other: str) -> bool:
    """Spreadsheets make 70 or 70.0 of 00070, and 2.00181 of 2.001810."""
    return bool(_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)) and float(one) == float(other)
