"""The data that a tablet needs to interview one person's households, without a network too."""

from datetime import datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Round
from sipas.queries.households import Household, list_assigned, list_assigned_rounds
from sipas.queries.people import SignedInPerson
from sipas.survey.catalogue import Catalogue, is_open
from sipas.survey.kiosks.questionnaire import published_questions
from sipas.survey.links.waiting import TABLET_CHANNEL


async def interviews_of(
    conn: Connection, catalogue: Catalogue, person: SignedInPerson, now: datetime
) -> dict[str, object]:
    """Return the questions and households of the open round that was opened last.

    Without one, the round is null, and the tablet shows that nothing is assigned.
    """
    rounds = [catalogue.find_round(number) for number in await list_assigned_rounds(conn, person.id)]
    opened = [one for one in rounds if one is not None and is_open(one, now)]
    if not opened:
        return {"name": person.name, "round": None, "languages": ["vi", "en"], "households": []}
    round_ = max(opened, key=lambda one: (one.opens_at, one.id))
    households = await list_assigned(conn, person.id, round_.id)
    return _published(catalogue, round_, person) | {
        "households": [_household(catalogue, one) for one in households]
    }


def _published(catalogue: Catalogue, round_: Round, person: SignedInPerson) -> dict[str, object]:
    instrument = catalogue.instrument_of(round_)
    return {
        "name": person.name,
        "round": round_.code,
        "closes_at": round_.closes_at,
        "channel": TABLET_CHANNEL,
        **published_questions(instrument, instrument.form_for(TABLET_CHANNEL)),
    }


def _household(catalogue: Catalogue, one: Household) -> dict[str, object]:
    unit = catalogue.units[one.unit_id]
    return {
        "questionnaire": one.questionnaire,
        "village": one.village,
        "household": one.household,
        "unit": unit.code,
        "unit_name": unit.name,
        "grid": one.grid,
        "state": one.state,
        "visits": one.visits,
        "visited_on": one.visited_on,
    }
