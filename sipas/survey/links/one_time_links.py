"""One-time links to a survey about one finished transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import links
from sipas.queries.funnel import FunnelStep, Step, add_funnel
from sipas.queries.links import Link, OpenLink
from sipas.queries.posters import find_form, use_form
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.contacts.opt_outs import leave_alone
from sipas.survey.encryption import Sealer
from sipas.survey.instruments.instrument import Sheet
from sipas.survey.intake.submission import NOT_ANSWERED, Answer, code_answers
from sipas.survey.links.drafts import Draft, open_draft, seal_draft
from sipas.survey.links.waiting import WaitingAnswer, seal_answer
from sipas.survey.tokens import draft_key, draw_seed, hash_link, new_link_token

CHANNEL = "sms"
LASTS = timedelta(days=14)
REPEATS_KNOWN = timedelta(days=1)  # after the day


class NewLink(msgspec.Struct, frozen=True):
    url: str
    token: str


class Visit(msgspec.Struct, frozen=True):
    """What an open link leads to: its survey, and what was answered there before."""

    token_hash: bytes
    draft_key: bytes
    draw_seed: bytes
    link: OpenLink
    draft: Draft | None


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


async def new_links(conn: Connection, wanted: Sequence[Link], lasts: timedelta, secret: bytes) -> list[str]:
    """Tokens of as many links, in their order."""
    tokens = [new_link_token() for _ in wanted]
    if tokens:
        await links.insert_links(conn, [hash_link(token, secret) for token in tokens], wanted, lasts)
    return tokens


async def create_links(
    conn: Connection, link: Link, count: int, secret: bytes, public_url: str
) -> list[NewLink]:
    """To be given out by other means than our messages: each is an invitation from the moment it is made."""
    async with conn.transaction():
        tokens = await new_links(conn, [link] * count, LASTS, secret)
        made = step(link, "created", local_day(datetime.now(UTC)))
        await add_funnel(conn, [msgspec.structs.replace(made, n=count)])
    return [NewLink(f"{public_url}/s/{token}", token) for token in tokens]


async def find_visit(conn: Connection, token: str, secret: bytes) -> Visit | None:
    """Used, expired, not yet open, mistyped or made up: the same work, so the same time, and None."""
    token_hash, key, seed = hash_link(token, secret), draft_key(token, secret), draw_seed(token, secret)
    link = await links.find_open_link(conn, token_hash)
    if link is None:
        return None
    return Visit(token_hash, key, seed, link, open_draft(link.draft, key) if link.draft else None)


async def note_opened(conn: Connection, visit: Visit, day: date) -> None:
    """Counts each link once, however often it is opened or previewed, and uses nothing up."""
    if not visit.link.opened:
        async with conn.transaction():
            if await links.mark_opened(conn, visit.token_hash):
                await add_funnel(conn, [step(visit.link, "opened", day)])


async def note_started(conn: Connection, visit: Visit, day: date) -> None:
    """Whoever has started has opened the link, if only as a program does."""
    if not visit.link.started:
        async with conn.transaction():
            steps: list[Step] = ["started"] if await links.mark_started(conn, visit.token_hash) else []
            if steps and await links.mark_opened(conn, visit.token_hash):
                steps.append("opened")
            await add_funnel(conn, [step(visit.link, name, day) for name in steps])


def step(link: Link, name: Step, day: date) -> FunnelStep:
    return FunnelStep(link.round_id, link.unit_id, link.procedure_id, link.service_channel, day, name)


async def keep_draft(conn: Connection, visit: Visit, language: str, fields: dict[str, str]) -> None:
    """Until the answer is sent, or the link expires."""
    await links.save_draft(conn, visit.token_hash, seal_draft(Draft(language, fields), visit.draft_key))


async def refuse(conn: Connection, visit: Visit, now: datetime) -> None:
    """Whoever got the link is not asked again; the link itself stays good. A second time changes nothing."""
    phone_hash = visit.link.opt_out_hash
    if phone_hash is not None:
        async with conn.transaction():
            if await leave_alone(conn, phone_hash, now):
                await add_funnel(conn, [step(visit.link, "refused", local_day(now))])


async def answer_link(
    conn: Connection,
    sealer: Sealer,
    sheet: Sheet,
    visit: Visit,
    answers: Mapping[str, Answer],
    language: str,
    now: datetime,
    repeat: bytes | None = None,
) -> bool:
    """Uses the link up and keeps its answer to be mixed, both or neither; False where it was used or expired.

    answers: one for each item that was asked, None where it was not answered. repeat: by which the same page
    with the same answers is known when it is sent again; then it is True again.
    """
    coded, link = coded_answers(answers, sheet), visit.link
    answer = WaitingAnswer(
        unit_id=link.unit_id,
        procedure_id=link.procedure_id,
        service_channel=link.service_channel,
        channel=CHANNEL,
        day=local_day(now),
        complete=NOT_ANSWERED not in coded,
        form=sheet.form.id,
        language=language,
        answers=coded,
    )
    waiting = seal_answer(sealer, link.round_id, answer)
    async with conn.transaction():
        if await links.use_link(conn, visit.token_hash, waiting.due_on, waiting.sealed):
            if repeat is not None:
                await use_form(conn, repeat, local_day(now) + REPEATS_KNOWN)
            return True
    return repeat is not None and await find_form(conn, repeat)


def coded_answers(answers: Mapping[str, Answer], sheet: Sheet) -> tuple[int, ...]:
    coded = code_answers(dict(answers), sheet)
    if isinstance(coded, str):
        raise InputError(coded)
    return coded
