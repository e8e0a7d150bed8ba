"""One-time links to a survey about one finished transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import links
from sipas.queries.funnel import FunnelStep, FunnelStepName, add_funnel
from sipas.queries.links import Link, OpenLink
from sipas.queries.posters import find_form, use_form
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.contacts.opt_outs import opt_out
from sipas.survey.encryption import FieldCipher
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, CodedAnswers, code_answers, is_complete
from sipas.survey.links.drafts import Draft, decrypt_draft, encrypt_draft
from sipas.survey.links.option_order import order_attributes
from sipas.survey.links.waiting import WaitingAnswer, encrypt_answer
from sipas.survey.tokens import draft_key, draw_seed, hash_link, new_link_token

LINK_CHANNEL = "sms"
LINK_VALID_FOR = timedelta(days=14)
_REPEATS_KNOWN_FOR = timedelta(days=1)  # after the day


class NewLink(msgspec.Struct, frozen=True):
    url: str
    token: str


class Visit(msgspec.Struct, frozen=True):
    """The survey of an open link, and its draft."""

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
    """Look up a link's unit, procedure and round; NotFound or InputError says what is unknown."""
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
        raise InputError(f"service channel {service_channel!r} is not one of {', '.join(SERVICE_CHANNELS)}")
    return Link(round_.id, unit.id, procedure.id if procedure else None, service_channel, completed_on)


async def new_links(conn: Connection, wanted: Sequence[Link], lasts: timedelta, secret: bytes) -> list[str]:
    """Create links; return their tokens in the same order."""
    tokens = [new_link_token() for _ in wanted]
    if tokens:
        await links.insert_links(conn, [hash_link(token, secret) for token in tokens], wanted, lasts)
    return tokens


async def create_links(
    conn: Connection, link: Link, count: int, secret: bytes, public_url: str
) -> list[NewLink]:
    """Create links that are handed out outside this service. Each counts as an invitation at once."""
    async with conn.transaction():
        tokens = await new_links(conn, [link] * count, LINK_VALID_FOR, secret)
        made = _step(link, "created", local_day(datetime.now(UTC)))
        await add_funnel(conn, [msgspec.structs.replace(made, n=count)])
    return [NewLink(f"{public_url}/s/{token}", token) for token in tokens]


async def find_visit(conn: Connection, token: str, secret: bytes) -> Visit | None:
    """Return the visit; None for links that are used, expired, not yet open or unknown. All take the same
    time.
    """
    token_hash, key, seed = hash_link(token, secret), draft_key(token, secret), draw_seed(token, secret)
    link = await links.find_open_link(conn, token_hash)
    if link is None:
        return None
    return Visit(token_hash, key, seed, link, decrypt_draft(link.draft, key) if link.draft else None)


async def note_opened(conn: Connection, visit: Visit, day: date) -> None:
    """Count a link as opened, once, however often it is opened or previewed. It stays valid."""
    if not visit.link.opened:
        async with conn.transaction():
            if await links.mark_opened(conn, visit.token_hash):
                await add_funnel(conn, [_step(visit.link, "opened", day)])


async def note_started(conn: Connection, visit: Visit, day: date) -> None:
    """Count a link as started, and also as opened if it was not counted as opened before."""
    if not visit.link.started:
        async with conn.transaction():
            steps: list[FunnelStepName] = (
                ["started"] if await links.mark_started(conn, visit.token_hash) else []
            )
            if steps and await links.mark_opened(conn, visit.token_hash):
                steps.append("opened")
            await add_funnel(conn, [_step(visit.link, name, day) for name in steps])


def _step(link: Link, name: FunnelStepName, day: date) -> FunnelStep:
    return FunnelStep(link.round_id, link.unit_id, link.procedure_id, link.service_channel, day, name)


async def keep_draft(conn: Connection, visit: Visit, draft: Draft) -> None:
    """Keep the draft until the answer is sent or the link expires."""
    await links.save_draft(conn, visit.token_hash, encrypt_draft(draft, visit.draft_key))


async def refuse_survey(conn: Connection, visit: Visit, now: datetime) -> None:
    """Opt the link's recipient out. The link stays valid; a second time changes nothing."""
    phone_hash = visit.link.opt_out_hash
    if phone_hash is not None:
        async with conn.transaction():
            if await opt_out(conn, phone_hash, now):
                await add_funnel(conn, [_step(visit.link, "refused", local_day(now))])


async def answer_link(
    conn: Connection,
    cipher: FieldCipher,
    sheet: Sheet,
    visit: Visit,
    answers: Mapping[str, AnswerValue],
    language: str,
    now: datetime,
    repeat: bytes | None = None,
) -> bool:
    """Use the link and keep its answer for the mix, in one transaction; False if it was used or has
    expired.

    answers: one for each asked item, None if not answered. repeat: identifies the same page with the same
    answers; sending them again returns True again.
    """
    coded, link = coded_answers(answers, sheet), visit.link
    answer = WaitingAnswer(
        unit_id=link.unit_id,
        procedure_id=link.procedure_id,
        service_channel=link.service_channel,
        channel=LINK_CHANNEL,
        day=local_day(now),
        complete=is_complete(coded, sheet),
        form=sheet.form.id,
        language=language,
        answers=coded.answers,
        texts=coded.texts,
        attributes=coded.attributes | order_attributes(sheet.instrument, visit.draw_seed),
    )
    waiting = encrypt_answer(cipher, link.round_id, answer)
    async with conn.transaction():
        if await links.use_link(conn, visit.token_hash, waiting.due_on, waiting.encrypted):
            if repeat is not None:
                await use_form(conn, repeat, local_day(now) + _REPEATS_KNOWN_FOR)
            return True
    return repeat is not None and await find_form(conn, repeat)


def coded_answers(answers: Mapping[str, AnswerValue], sheet: Sheet) -> CodedAnswers:
    coded = code_answers(answers, sheet)
    if isinstance(coded, str):
        raise InputError(coded)
    return coded
