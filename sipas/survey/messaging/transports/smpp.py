"""SMPP 3.4: messages of one part or several, receipts, and what citizens answer."""

import asyncio
import re
import secrets
from datetime import UTC
from typing import Any

from aiosmpplib.protocol import DeliverSm, SubmitSm
from aiosmpplib.state import MESSAGE_STATE, NPI, RECEIPTED_MESSAGE_ID, TON, PhoneNumber

from sipas.survey.intake.submission import printable
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.outlines import shown
from sipas.survey.messaging.segments import segment
from sipas.survey.messaging.statuses import Meaning, meaning_of
from sipas.survey.messaging.transports import (
    Accepted,
    Deferred,
    Done,
    Event,
    Incoming,
    NotFinal,
    Outcome,
    Parcel,
    Receipt,
    Rejected,
    Reply,
    Unknown,
    Unread,
    Unsent,
)
from sipas.survey.messaging.transports.session import Session, open_session, status_name

HEADED = 0b01000000  # in esm_class: a header in front says which part of which message it is
# Of the message itself; every other refusal may pass.
FOR_GOOD = {
    "ESME_RINVMSGLEN",
    "ESME_RINVDSTADR",
    "ESME_RINVDSTTON",
    "ESME_RINVDSTNPI",
    "ESME_RX_P_APPN",
    "ESME_RX_R_APPN",
}
BUSY = {"ESME_RTHROTTLED", "ESME_RMSGQFUL", "ESME_RSYSERR", "ESME_RINVBNDSTS", "ESME_RX_T_APPN"}
FIELD = re.compile(r"\b(id|stat|err):(\S*)", re.IGNORECASE)
NUMBERED: dict[int, Meaning] = {
    1: "pending",
    2: "delivered",
    3: "failed",
    4: "failed",
    5: "failed",
    6: "pending",
    7: "pending",
    8: "failed",
}
STATES = {3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}


class SmppTransport:
    receipts = True

    def __init__(self, config: SmsConfig) -> None:
        assert config.smpp is not None  # the configuration holds it
        self.config, self.gateway = config, config.smpp
        self.source = source_of(config)
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.session: Session | None = None
        self.opening = asyncio.Lock()

    async def ready(self) -> None:
        async with self.opening:
            if self.session is None or not self.session.is_open:
                await self.close()
                self.session = await open_session(self.gateway, self.config.timeout, self.hand_on)

    async def send(self, parcel: Parcel) -> Outcome:
        """An answer that is not waited for any longer counts all the same, while the line holds."""
        sending = asyncio.create_task(self.submit_all(parcel))
        await asyncio.wait([sending], timeout=self.config.timeout)
        return sending.result() if sending.done() else Unknown("provider did not answer in time", sending)

    async def submit_all(self, parcel: Parcel) -> Outcome:
        """The provider's id of the last part, whose receipt counts for all of them.

        Where some parts were taken and one was not, a phone may have had some: no try of that kind is free.
        """
        if self.session is None or not self.session.is_open:
            return Unsent("no line to the provider")
        outcome: Outcome = Unsent("nothing to send")
        for number, part in enumerate(parts_of(parcel, self.source)):
            outcome = await self.submit(self.session, part)
            if number and isinstance(outcome, Unsent | Deferred):
                return Unknown(f"{outcome.reason} after a part was taken")
            if not isinstance(outcome, Accepted):
                return outcome
        return outcome

    async def submit(self, session: Session, part: SubmitSm) -> Outcome:
        try:
            status, body = await session.ask(part)
        except OSError:
            return Unknown("line ended before the answer")
        name = status_name(status)
        if status == 0:
            given = body.partition(b"\0")[0].decode("ascii", "replace")
            return Accepted(printable(self.id_in_receipts(given)))
        if name in BUSY:
            return Unsent(name)
        return Rejected(name) if name in FOR_GOOD else Deferred(name)

    def id_in_receipts(self, given: str) -> str:
        if not self.gateway.decimal_receipts:
            return given
        try:
            return str(int(given, 16))
        except ValueError:
            return given

    def hand_on(self, message: DeliverSm | None, pdu: bytes, done: Done) -> None:
        """A receipt that says nothing final needs no keeping."""
        what = read_incoming(message) if message else Unread("SMPP message that cannot be read", pdu)
        if isinstance(what, NotFinal):
            done()
        else:
            self.events.put_nowait(Event(what, done))

    async def close(self) -> None:
        if self.session:
            await self.session.close()
            self.session = None


def parts_of(parcel: Parcel, source: PhoneNumber) -> list[SubmitSm]:
    """A receipt is asked for with the last one."""
    segments = segment(parcel.text)
    reference, total = secrets.randbelow(256), len(segments.parts)
    heads = [bytes([5, 0, 3, reference, total, number]) for number in range(1, total + 1)]
    parts = []
    for number, part in enumerate(segments.parts, 1):
        message = SubmitSm(
            short_message="-",  # the library wants a text; what is sent is set beneath
            source=source,
            destination=PhoneNumber(parcel.phone.removeprefix("+"), TON.INTERNATIONAL, NPI.ISDN),
            esm_class=HEADED if total > 1 else 0,
            validity_period=parcel.expires_at.astimezone(UTC),
            registered_delivery=int(number == total),
            encoding="ucs2" if segments.encoding == "ucs-2" else "gsm0338",
        )
        message.set_encoded_message((heads[number - 1] if total > 1 else b"") + part)
        parts.append(message)
    return parts


def source_of(config: SmsConfig) -> PhoneNumber:
    """A name, a short code, or a number, by how it looks; a provider may want another type."""
    assert config.smpp is not None
    sender = config.sender.removeprefix("+")
    if not sender.isdecimal():
        ton, npi = (TON.ALPHANUMERIC, NPI.UNKNOWN) if sender else (TON.UNKNOWN, NPI.UNKNOWN)
    else:
        ton, npi = (TON.NETWORK_SPECIFIC, NPI.UNKNOWN) if len(sender) <= 8 else (TON.INTERNATIONAL, NPI.ISDN)
    own_ton, own_npi = config.smpp.source_ton, config.smpp.source_npi
    return PhoneNumber(
        sender, ton if own_ton is None else TON(own_ton), npi if own_npi is None else NPI(own_npi)
    )


def read_incoming(message: DeliverSm) -> Incoming:
    """Some providers do not mark their receipts as such."""
    fields = {one.tag: one.value for one in message.optional_params or []}
    text = message.short_message or message.message_payload
    said = {name.lower(): value for name, value in reversed(FIELD.findall(text))}
    if message.is_receipt() or fields.get(RECEIPTED_MESSAGE_ID) or {"id", "stat"} <= said.keys():
        return read_receipt(fields, said) or Unread(
            f"SMPP receipt: stat={shown(said.get('stat', ''))}", text.encode()
        )
    return reply_of(message)


def read_receipt(fields: dict[int, Any], said: dict[str, str]) -> Receipt | NotFinal | None:
    """From its optional fields, else from its text, which every provider writes a little differently."""
    provider_id = printable(str(fields.get(RECEIPTED_MESSAGE_ID) or said.get("id") or ""))
    number, word = fields.get(MESSAGE_STATE), said.get("stat", "").upper()
    meaning = NUMBERED.get(number) if isinstance(number, int) else meaning_of(word)
    if meaning == "pending":
        return NotFinal()
    if not provider_id or meaning is None:
        return None
    if meaning == "delivered":
        return Receipt(provider_id, "delivered")
    state = STATES[number] if isinstance(number, int) else shown(word)
    error = re.sub(r"[^0-9A-Za-z]", "", said.get("err", ""))[:8].lstrip("0")
    return Receipt(provider_id, "failed", f"{state} {error}".strip())


def reply_of(message: DeliverSm) -> Reply:
    return Reply(message.source.number, message.short_message or message.message_payload)
