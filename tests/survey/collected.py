"""Responses stored as intake stores them, for what comes after intake."""

from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.responses import ResponseRow, insert_responses
from sipas.survey.intake.submission import Submission, check_submission
from tests.cast import BIRTH, MARRIAGE, Town, submission

ITEMS = ("overall", "access1", "procedures2", "officials3", "results1", "feedback4")
ANSWERS = (1, 2, 3, 4, 5, None, "NA")


async def store(conn: Connection, town: Town, number: int, random: Random) -> None:
    """One batch of answers that differ in all that a cell's key is made of, but for unit and round."""
    await insert_responses(conn, [answered(town, random) for _ in range(number)])


def answered(town: Town, random: Random) -> ResponseRow:
    moment = datetime.now(UTC) - timedelta(days=random.randrange(25))
    sent = submission(
        answers={item: random.choice(ANSWERS) for item in ITEMS},
        submitted_at=moment.isoformat(),
        started_at=moment.isoformat(),
        procedure=random.choice((BIRTH, MARRIAGE, None)),
        complete=random.random() < 0.9,
        attributes={"sex": random.choice("FM")} if random.random() < 0.8 else {},
    )
    row = check_submission(
        msgspec.convert(sent, Submission),
        town.catalogue,
        datetime.now(UTC),
        kiosk_id=town.kiosk.id,
        unit_id=town.kiosk.unit_id,
    )
    assert isinstance(row, ResponseRow)
    return row
