"""One-time links to a survey about one finished transaction."""

import secrets
from datetime import date, datetime, timedelta

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import links
from sipas.queries.links import Link
from sipas.queries.responses import Row, insert_responses
from sipas.survey.catalogue import LOCAL, Catalogue, is_open, local_day
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.instrument import Sheet
from sipas.survey.submission import NOT_ANSWERED, Answer, code_answers, new_id
from sipas.survey.tokens import hash_link, new_link_token

CHANNEL = "sms"
LASTS = timedelta(days=14)


class NewLink(msgspec.Struct, frozen=True):
    url: str
    token: str


def link_for(
    catalogue: Catalogue,
    now: datetime,
    *,
    round_code: str,
    unit_code: str,
    procedure_code: str | None,
    service_channel: str | None,
    completed_on: date | None = None,
) -> Link:
    """What a link is about, looked up; NotFound or InputError says what is unknown."""
    round_ = catalogue.get_round(round_code)
    if not is_open(round_, now):
        raise InputError(f"round {round_code} is not open; its links could not be answered")
    unit = catalogue.unit_at(unit_code, local_day(now))
    if unit is None:
        raise NotFound(f"there is no unit {unit_code!r} today")
    procedure = catalogue.procedures_by_code.get(procedure_code) if procedure_code else None
    if procedure_code and procedure is None:
        raise NotFound(f"there is no procedure {procedure_code!r}")
    if service_channel is not None and service_channel not in SERVICE_CHANNELS:
        raise InputError(f"service channel {service_channel!r} is none of {', '.join(SERVICE_CHANNELS)}")
    return Link(round_.id, unit.id, procedure.id if procedure else None, service_channel, completed_on)


async def create_links(
    conn: Connection, link: Link, count: int, secret: bytes, public_url: str
) -> list[NewLink]:
    tokens = [new_link_token() for _ in range(count)]
    await links.insert_links(conn, [hash_link(token, secret) for token in tokens], link, LASTS)
    return [NewLink(f"{public_url}/s/{token}", token) for token in tokens]


async def answer_link(
    conn: Connection,
    sheet: Sheet,
    token_hash: bytes,
    answers: dict[str, Answer],
    language: str,
    now: datetime,
) -> bool:
    """Uses the link up and stores its answer, both or neither; False where it was used or has expired.

    answers: one for each item that was asked, None where it was not answered.
    Of the time only the day is kept, so that the moment of a visit leads to no response. That both are one
    transaction still does, to whoever reads the database's files: docs/privacy.md.
    """
    day = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    coded = code_answers(answers, sheet)
    if isinstance(coded, str):
        raise InputError(coded)
    async with conn.transaction():
        link = await links.use_link(conn, token_hash)
        if link is None:
            return False
        row = Row(
            id=new_id(day),
            round_id=link.round_id,
            unit_id=link.unit_id,
            procedure_id=link.procedure_id,
            kiosk_id=None,
            sequence=None,
            started_at=None,
            submitted_at=day,
            complete=NOT_ANSWERED not in coded,
            channel=CHANNEL,
            service_channel=link.service_channel,
            form=sheet.form.id,
            language=language,
            answers=coded,
            comment=None,
            attributes={},
            digest=secrets.token_bytes(16),
        )
        await insert_responses(conn, [row])
    return True
