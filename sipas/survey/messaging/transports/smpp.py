"""SMPP 3.4 transport: messages of one part or several, receipts, and replies."""

import asyncio
import re
import secrets
from datetime import UTC
from typing import Any

from aiosmpplib.protocol import DeliverSm, SubmitSm
from aiosmpplib.state import MESSAGE_STATE, NPI, RECEIPTED_MESSAGE_ID, TON, PhoneNumber

from sipas.survey.intake.submission import printable
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.outlines import shown_outline
from sipas.survey.messaging.segments import segment
from sipas.survey.messaging.statuses import Meaning, meaning_of
from sipas.survey.messaging.transports import (
    Accepted,
    Deferred,
    Done,
    GatewayEvent,
    GatewayMessage,
    NotFinal,
    OutgoingSms,
    Receipt,
    Rejected,
    SendOutcome,
    SmsReply,
    Unknown,
    Unread,
    Unsent,
)
from sipas.survey.messaging.transports.session import Session, open_session, status_name

_UDH_FLAG = 0b01000000  # in esm_class: a user data header numbers the parts
# Errors of the message itself; all others may be temporary.
_PERMANENT_ERRORS = {
    "ESME_RINVMSGLEN",
    "ESME_RINVDSTADR",
    "ESME_RINVDSTTON",
    "ESME_RINVDSTNPI",
    "ESME_RX_P_APPN",
    "ESME_RX_R_APPN",
}
_TEMPORARY_ERRORS = {"ESME_RTHROTTLED", "ESME_RMSGQFUL", "ESME_RSYSERR", "ESME_RINVBNDSTS", "ESME_RX_T_APPN"}
_RECEIPT_FIELD = re.compile(r"\b(id|stat|err):(\S*)", re.IGNORECASE)
_STATE_MEANINGS: dict[int, Meaning] = {
    1: "pending",
    2: "delivered",
    3: "failed",
    4: "failed",
    5: "failed",
    6: "pending",
    7: "pending",
    8: "failed",
}
_STATE_NAMES = {3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}


class SmppTransport:
    receipts = True

    def __init__(self, config: SmsConfig) -> None:
        assert config.smpp is not None  # checked by the configuration
        self.config, self.gateway = config, config.smpp
        self.source = _source_of(config)
        self.events: asyncio.Queue[GatewayEvent] = asyncio.Queue()
        self.session: Session | None = None
        self.opening = asyncio.Lock()

    async def ready(self) -> None:
        async with self.opening:
            if self.session is None or not self.session.is_open:
                await self.close()
                self.session = await open_session(self.gateway, self.config.timeout, self.hand_on)

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        """Send a message. Answers after the timeout count too, while the connection lasts."""
        sending = asyncio.create_task(self.submit_all(sms))
        await asyncio.wait([sending], timeout=self.config.timeout)
        return sending.result() if sending.done() else Unknown("provider did not answer in time", sending)

    async def submit_all(self, sms: OutgoingSms) -> SendOutcome:
        """Submit all parts; return the provider's id of the last one, whose receipt counts for the
        message.

        If only some parts were accepted, the phone may show those; the attempt then counts.
        """
        if self.session is None or not self.session.is_open:
            return Unsent("no line to the provider")
        outcome: SendOutcome = Unsent("nothing to send")
        for number, part in enumerate(_parts_of(sms, self.source)):
            outcome = await self.submit(self.session, part)
            if number and isinstance(outcome, Unsent | Deferred):
                return Unknown(f"{outcome.reason} after a part was taken")
            if not isinstance(outcome, Accepted):
                return outcome
        return outcome

    async def submit(self, session: Session, part: SubmitSm) -> SendOutcome:
        try:
            status, body = await session.ask(part)
        except OSError:
            return Unknown("line ended before the answer")
        name = status_name(status)
        if status == 0:
            given = body.partition(b"\0")[0].decode("ascii", "replace")
            return Accepted(printable(self.id_in_receipts(given)))
        if name in _TEMPORARY_ERRORS:
            return Unsent(name)
        return Rejected(name) if name in _PERMANENT_ERRORS else Deferred(name)

    def id_in_receipts(self, given: str) -> str:
        if not self.gateway.decimal_receipts:
            return given
        try:
            return str(int(given, 16))
        except ValueError:
            return given

    def hand_on(self, message: DeliverSm | None, pdu: bytes, done: Done) -> None:
        """Pass a message on. Receipts without a final state are not stored."""
        what = read_incoming(message) if message else Unread("SMPP message that cannot be read", pdu)
        if isinstance(what, NotFinal):
            done()
        else:
            self.events.put_nowait(GatewayEvent(what, done))

    async def close(self) -> None:
        if self.session:
            await self.session.close()
            self.session = None


def _parts_of(sms: OutgoingSms, source: PhoneNumber) -> list[SubmitSm]:
    """Return the parts. A receipt is requested for the last one."""
    segments = segment(sms.text)
    reference, total = secrets.randbelow(256), len(segments.parts)
    heads = [bytes([5, 0, 3, reference, total, number]) for number in range(1, total + 1)]
    parts = []
    for number, part in enumerate(segments.parts, 1):
        message = SubmitSm(
            short_message="-",  # the library requires a text; the real one is set below
            source=source,
            destination=PhoneNumber(sms.phone.removeprefix("+"), TON.INTERNATIONAL, NPI.ISDN),
            esm_class=_UDH_FLAG if total > 1 else 0,
            validity_period=sms.expires_at.astimezone(UTC),
            registered_delivery=int(number == total),
            encoding="ucs2" if segments.encoding == "ucs-2" else "gsm0338",
        )
        message.set_encoded_message((heads[number - 1] if total > 1 else b"") + part)
        parts.append(message)
    return parts


def _source_of(config: SmsConfig) -> PhoneNumber:
    """Return the sender as a name, short code or number, by its form; the configuration may set another
    type.
    """
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


def read_incoming(message: DeliverSm) -> GatewayMessage:
    """Read a message. Some providers do not mark receipts as such."""
    fields = {one.tag: one.value for one in message.optional_params or []}
    text = message.short_message or message.message_payload
    said = {name.lower(): value for name, value in reversed(_RECEIPT_FIELD.findall(text))}
    if message.is_receipt() or fields.get(RECEIPTED_MESSAGE_ID) or {"id", "stat"} <= said.keys():
        return _read_receipt(fields, said) or Unread(
            f"SMPP receipt: stat={shown_outline(said.get('stat', ''))}", text.encode()
        )
    return _reply_of(message)


def _read_receipt(fields: dict[int, Any], said: dict[str, str]) -> Receipt | NotFinal | None:
    """Read a receipt from its optional fields, else from its text, which differs between providers."""
    provider_id = printable(str(fields.get(RECEIPTED_MESSAGE_ID) or said.get("id") or ""))
    number, word = fields.get(MESSAGE_STATE), said.get("stat", "").upper()
    meaning = _STATE_MEANINGS.get(number) if isinstance(number, int) else meaning_of(word)
    if meaning == "pending":
        return NotFinal()
    if not provider_id or meaning is None:
        return None
    if meaning == "delivered":
        return Receipt(provider_id, "delivered")
    state = _STATE_NAMES[number] if isinstance(number, int) else shown_outline(word)
    error = re.sub(r"[^0-9A-Za-z]", "", said.get("err", ""))[:8].lstrip("0")
    return Receipt(provider_id, "failed", f"{state} {error}".strip())


def _reply_of(message: DeliverSm) -> SmsReply:
    return SmsReply(message.source.number, message.short_message or message.message_payload)
