"""What events are read against: the catalogue, what became of its units, and whom its rounds ask."""

from collections import defaultdict
from dataclasses import dataclass

from sipas.postgres.pool import Connection
from sipas.queries.invitations import list_invitation_strata, list_invitations
from sipas.queries.units import list_successions
from sipas.survey.catalogue import load_catalogue
from sipas.survey.invitations.draws import Rates
from sipas.survey.invitations.places import Places


@dataclass(frozen=True)
class Basis:
    """version: of the catalogue; when it moves, events are read anew. rates: of the rounds that ask."""

    version: int
    places: Places
    rates: dict[int, Rates]


async def load_basis(conn: Connection) -> Basis:
    catalogue = await load_catalogue(conn)
    strata = defaultdict(list)
    for round_id, stratum in await list_invitation_strata(conn):
        strata[round_id].append(stratum)
    rates = {one.round_id: Rates(one, strata[one.round_id]) for one in await list_invitations(conn)}
    return Basis(catalogue.version, Places(catalogue, await list_successions(conn)), rates)
