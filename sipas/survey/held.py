"""What a terminal sent once it was retired, or what the catalogue did not know: kept until it is released."""

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.kiosks import Held, Kiosk, delete_quarantined, list_held
from sipas.queries.responses import Row, insert_responses, list_digests
from sipas.survey.catalogue import Catalogue
from sipas.survey.intake import DECODER
from sipas.survey.kiosks import get_kiosk
from sipas.survey.submission import CATALOGUE_REASONS, Refused, check

REASONS = CATALOGUE_REASONS | {"retired"}


class Released(msgspec.Struct, frozen=True):
    """released: stored now. known: were stored already. kept: cannot be stored, and stay in quarantine."""

    kiosk: int
    released: int
    known: int
    kept: int


async def release_held(conn: Connection, catalogue: Catalogue, number: int) -> Released:
    """Stores first and lets go of it then: whoever is interrupted does it again, and nothing counts twice."""
    kiosk = await get_kiosk(conn, number)
    held = await list_held(conn, number, REASONS)
    contents = {one.id: as_it_came(one, kiosk, catalogue) for one in held}
    rows = {place: row for place, row in contents.items() if isinstance(row, Row)}
    stored = await insert_responses(conn, list(rows.values()), of_retired=True)
    digests = await list_digests(conn, [row.id for row in rows.values()])
    done = [place for place, row in rows.items() if digests.get(row.id) == row.digest]
    await delete_quarantined(conn, done)
    return Released(number, len(stored), len(done) - len(stored), len(held) - len(done))


def as_it_came(held: Held, kiosk: Kiosk, catalogue: Catalogue) -> Row | Refused:
    """Judged at the time at which it came."""
    return check(
        DECODER.decode(held.raw), catalogue, held.received_at, kiosk_id=kiosk.id, unit_id=kiosk.unit_id
    )
