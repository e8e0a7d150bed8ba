"""The invite step: decides for due drawn transactions whether to invite, and records the reasons if not."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from sipas.postgres.pool import Connection, Pool
from sipas.queries.funnel import FunnelStep, FunnelStepName, add_funnel
from sipas.queries.invitations import (
    Due,
    Invitation,
    InvitationMessage,
    ask_phones,
    delete_old_contacts,
    insert_invitation_messages,
    list_invitations,
    settle_due,
    take_due,
)
from sipas.queries.links import Link
from sipas.queries.opt_outs import list_opted_out
from sipas.settings import Settings
from sipas.survey.catalogue import Catalogue, LiveCatalogue, is_open, local_day
from sipas.survey.contacts.message_payload import MessagePayload, encrypt_payload
from sipas.survey.contacts.opt_outs import OPT_OUT_PURPOSE
from sipas.survey.contacts.phones import PhoneError, hash_phone, parse_phone
from sipas.survey.encryption import DecryptionError, read_cipher
from sipas.survey.invitations.contact_details import decrypt_contact
from sipas.survey.links.one_time_links import new_links
from sipas.survey.tokens import hash_link

_LOG = logging.getLogger(__name__)
_INVITING_BATCH_TRANSACTIONS = 500  # decided in one transaction


class _Candidate(msgspec.Struct, frozen=True):
    """A citizen who can be invited, unless opt-outs or earlier invitations forbid it. phone: in E.164."""

    due: Due
    phone: str
    language: str
    opt_out_hash: bytes
    contact: tuple[int, bytes]


def contact_purpose(round_id: int) -> str:
    """Return the purpose of the hashes of phones that a round has invited: rounds cannot be linked."""
    return f"round:{round_id}"


async def invite_due(
    pool: Pool, catalogue: LiveCatalogue, settings: Settings, now: datetime | None = None
) -> int:
    """Invite; return how many. Several processes at once share the work."""
    moment, known = now or datetime.now(UTC), await catalogue.refresh()
    inviter, invited = _Inviter(known, settings, moment), 0
    async with pool.acquire() as conn:
        await delete_old_contacts(conn, moment)
        rounds = {one.round_id: one for one in await list_invitations(conn)}
        while True:
            async with conn.transaction():
                due = await take_due(conn, moment, _INVITING_BATCH_TRANSACTIONS)
                invited += await inviter.decide(conn, due, rounds)
            if len(due) < _INVITING_BATCH_TRANSACTIONS:
                return invited


class _Inviter:
    def __init__(self, catalogue: Catalogue, settings: Settings, now: datetime) -> None:
        self.open = {round_.id for round_ in catalogue.rounds.values() if is_open(round_, now)}
        self.secret, self.cipher = settings.secret, read_cipher(settings)
        self.now = now

    async def decide(self, conn: Connection, due: Sequence[Due], rounds: dict[int, Invitation]) -> int:
        """Decide each transaction once: it is settled, invited and counted in one transaction."""
        looked_at = [self.look_at(one, rounds[one.round_id]) for one in due]
        candidates = [one for one in looked_at if isinstance(one, _Candidate)]
        reasons = {
            one.id_hash: reason for one, reason in zip(due, looked_at, strict=True) if isinstance(reason, str)
        }
        reasons |= await self.passed_over(conn, candidates)
        invited = [one for one in candidates if one.due.id_hash not in reasons]
        await settle_due(conn, [one.id_hash for one in due])
        await self.invite(conn, invited, rounds)
        await add_funnel(conn, self.steps(due, reasons))
        return len(invited)

    def look_at(self, due: Due, invitation: Invitation) -> _Candidate | str:
        """Return a candidate, or the reason why there is none."""
        if due.cancelled:
            return "cancelled"
        if self.now > due.completed_at + invitation.delay + invitation.lasts:
            return "late"
        if due.round_id not in self.open:
            return "closed"
        if due.phone is None:
            return "no_phone"
        return self.candidate(due, due.phone)

    def candidate(self, due: Due, encrypted: bytes) -> _Candidate | str:
        """Return the candidate. Contact details that cannot be decrypted do not block the others."""
        try:
            details = decrypt_contact(encrypted, self.cipher)
            phone = parse_phone(details.phone)
        except PhoneError as error:
            return error.fault
        except DecryptionError as error:
            _LOG.error("a transaction is not invited: %s", error)
            return "unsealable"
        contact = due.round_id, hash_phone(phone, self.secret, contact_purpose(due.round_id))
        opt_out_hash = hash_phone(phone, self.secret, OPT_OUT_PURPOSE)
        return _Candidate(due, phone, details.language, opt_out_hash, contact)

    async def passed_over(self, conn: Connection, candidates: Sequence[_Candidate]) -> dict[bytes, str]:
        """Return the reasons for not inviting: an opt-out, a recent invitation, or another candidate with the
        same phone.
        """
        opted_out = await list_opted_out(conn, [one.opt_out_hash for one in candidates])
        willing = [one for one in candidates if one.opt_out_hash not in opted_out]
        may = await ask_phones(conn, [one.contact for one in willing], local_day(self.now))
        reasons = {one.due.id_hash: "opted_out" for one in candidates if one.opt_out_hash in opted_out}
        for one in willing:
            if one.contact in may:
                may.remove(one.contact)
            else:
                reasons[one.due.id_hash] = "asked_lately"
        return reasons

    async def invite(
        self, conn: Connection, invited: Sequence[_Candidate], rounds: dict[int, Invitation]
    ) -> None:
        """Create links and messages, round by round: each round has its own validity of links."""
        by_round = defaultdict(list)
        for one in invited:
            by_round[one.due.round_id].append(one)
        for round_id, asked in by_round.items():
            links = [_link_about(one) for one in asked]
            tokens = await new_links(conn, links, rounds[round_id].lasts, self.secret)
            messages = [self.message(one, token) for one, token in zip(asked, tokens, strict=True)]
            await insert_invitation_messages(conn, self.now, messages)

    def message(self, one: _Candidate, token: str) -> InvitationMessage:
        payload = encrypt_payload(MessagePayload(one.phone, token, one.language), self.cipher)
        _, contact_hash = one.contact
        return InvitationMessage(one.due.id_hash, hash_link(token, self.secret), payload, contact_hash)

    def steps(self, due: Sequence[Due], reasons: dict[bytes, str]) -> Iterator[FunnelStep]:
        day = local_day(self.now)
        for one in due:
            reason = reasons.get(one.id_hash)
            step: FunnelStepName = "not_asked" if reason else "invited"
            yield FunnelStep(
                one.round_id, one.unit_id, one.procedure_id, one.service_channel, day, step, reason
            )


def _link_about(one: _Candidate) -> Link:
    due = one.due
    return Link(
        due.round_id,
        due.unit_id,
        due.procedure_id,
        due.service_channel,
        local_day(due.completed_at),
        one.opt_out_hash,
    )
