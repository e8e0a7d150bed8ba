"""The snapshot that events are read with: the catalogue, successors of its units, and sampling rates."""

from collections import defaultdict
from dataclasses import dataclass

from sipas.postgres.pool import Connection
from sipas.queries.invitations import list_invitation_strata, list_invitations
from sipas.queries.units import list_successions
from sipas.survey.catalogue import load_catalogue
from sipas.survey.invitations.draws import SamplingRates
from sipas.survey.invitations.places import PlaceLookup


@dataclass(frozen=True)
class CatalogueSnapshot:
    """version: of the catalogue; after a change, events are read again. rates: of the rounds that invite."""

    version: int
    places: PlaceLookup
    rates: dict[int, SamplingRates]


async def load_snapshot(conn: Connection) -> CatalogueSnapshot:
    catalogue = await load_catalogue(conn)
    strata = defaultdict(list)
    for round_id, stratum in await list_invitation_strata(conn):
        strata[round_id].append(stratum)
    rates = {one.round_id: SamplingRates(one, strata[one.round_id]) for one in await list_invitations(conn)}
    return CatalogueSnapshot(catalogue.version, PlaceLookup(catalogue, await list_successions(conn)), rates)
