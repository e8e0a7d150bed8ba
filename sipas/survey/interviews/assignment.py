"""Which interviewer visits which village."""

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries.households import assign_village, count_households
from sipas.queries.people import find_person
from sipas.survey.catalogue import load_catalogue


async def assign(conn: Connection, round_code: str, village: str, interviewer: str) -> int:
    """Assign the households of a village that are not done; return how many."""
    round_ = (await load_catalogue(conn)).get_round(round_code)
    person = await find_person(conn, interviewer)
    if person is None:
        raise NotFound(f"there is no user {interviewer!r}; `sipas user list` shows all")
    if person.role != "interviewer":
        raise InputError(f"{interviewer} is not an interviewer: `sipas user add NAME --role interviewer`")
    if assigned := await assign_village(conn, round_.id, village, person.id):
        return assigned
    counts = await count_households(conn, round_.id)
    if any(one.village == village for one in counts):
        return 0
    known = ", ".join(sorted({one.village for one in counts})[:20]) or "none; import the sample first"
    raise NotFound(f"the sample of round {round_code} has no village {village!r}; it has {known}")
