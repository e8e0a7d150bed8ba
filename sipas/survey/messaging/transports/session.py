"""One SMPP 3.4 session: requests get responses, and messages of the provider are passed on.

Messages are those of aiosmpplib, but not its session: that one writes numbers to the log when something
fails, keeps them for three days to match receipts, and ends at a receipt that it cannot parse, which then
arrives again and again.
"""

import asyncio
import logging
import ssl
import struct
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import count
from typing import Any

from aiosmpplib.protocol import BindTransceiver, DeliverSm, EnquireLink, SmppMessage, Unbind
from aiosmpplib.state import PduHeader, SmppCommand, SmppCommandStatus

from sipas.survey.messaging.config import SmppGateway
from sipas.survey.messaging.transports import GatewayAway

_LOG = logging.getLogger(__name__)
_PDU_HEADER = struct.Struct("!IIII")  # length, command, status, sequence number
_PDU_MAX_BYTES = 128 * 1024
_RESPONSE_BIT = 0x80000000
_NACK, _BIND, _UNBIND, _DELIVER, _ENQUIRE = 0x80000000, 0x00000009, 0x00000006, 0x00000005, 0x00000015
_DATA = 0x00000103
_NOT_UNDERSTOOD = 3  # invalid command
_BLANK_PAYLOAD = b"\x04\x24\x00\x01 "  # the optional field message_payload with one blank
_UNBIND_TIMEOUT_SECONDS = 2.0
_ENQUIRE_EVERY_SECONDS = 30.0  # between two enquire_link requests

_Answer = asyncio.Future[tuple[int, bytes]]
# The message is None if the bytes cannot be read.
_Delivered = Callable[[DeliverSm | None, bytes, Callable[[], None]], None]


class Session:
    """A session from bind to the end of the connection; it is not reused."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float, hand_on: _Delivered
    ) -> None:
        self.reader, self.writer, self.patience, self.hand_on = reader, writer, patience, hand_on
        self.numbers = count(1)
        self.asked: dict[int, _Answer] = {}
        self.tasks: list[asyncio.Task[None]] = [self.start(self.read())]

    @property
    def is_open(self) -> bool:
        return not self.writer.is_closing()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self.hang_up())
        return task

    async def ask(self, message: SmppMessage) -> tuple[int, bytes]:
        """Return status and body of the response, however late. ConnectionError: the connection ended
        before.
        """
        if not self.is_open:
            raise ConnectionError("the line to the provider ended")
        number = message.sequence_num = next(self.numbers)
        answer = self.asked[number] = _Answer()
        try:
            self.writer.write(message.pdu())
            await self.writer.drain()
            return await answer
        finally:
            del self.asked[number]

    async def bind(self, gateway: SmppGateway) -> None:
        request = BindTransceiver(
            system_id=gateway.system_id, password=gateway.password, system_type=gateway.system_type
        )
        async with asyncio.timeout(self.patience):
            status, _ = await self.ask(request)
        if status:
            raise GatewayAway(f"the provider refuses the login to SMPP: {status_name(status)}; see [smpp]")
        self.tasks.append(self.start(self.keep()))

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(_ENQUIRE_EVERY_SECONDS)
            async with asyncio.timeout(self.patience):
                await self.ask(EnquireLink())

    async def read(self) -> None:
        """Read until the connection ends or its bytes cannot be understood."""
        try:
            while True:
                head = await self.reader.readexactly(_PDU_HEADER.size)
                length, command, status, number = _PDU_HEADER.unpack(head)
                if not _PDU_HEADER.size <= length <= _PDU_MAX_BYTES:
                    _LOG.warning("the provider does not speak SMPP")
                    return
                body = await self.reader.readexactly(length - _PDU_HEADER.size)
                if command & _RESPONSE_BIT:
                    self.settle(number, status, body)
                elif command == _UNBIND:
                    self.answer(_UNBIND | _RESPONSE_BIT, number)
                    return
                else:
                    self.serve(command, number, head + body)
        except (asyncio.IncompleteReadError, OSError):
            return

    def settle(self, number: int, status: int, body: bytes) -> None:
        answer = self.asked.get(number)
        if answer and not answer.done():
            answer.set_result((status, body))

    def serve(self, command: int, number: int, pdu: bytes) -> None:
        if command == _ENQUIRE:
            self.answer(_ENQUIRE | _RESPONSE_BIT, number)
        elif command in (_DELIVER, _DATA):
            self.deliver(command, number, pdu)
        else:
            self.answer(_NACK, number, status=_NOT_UNDERSTOOD)

    def deliver(self, command: int, number: int, pdu: bytes) -> None:
        """Acknowledge a message after it is stored. Unreadable ones are acknowledged too: they would
        arrive for ever.
        """
        try:
            message = _read_message(pdu if command == _DELIVER else _as_deliver_sm(pdu))
        except (ValueError, LookupError, TypeError, struct.error):
            message = None
        self.hand_on(message, pdu, lambda: self.answer(command | _RESPONSE_BIT, number, b"\0"))

    def answer(self, command: int, number: int, body: bytes = b"", *, status: int = 0) -> None:
        if self.is_open:
            self.writer.write(_PDU_HEADER.pack(_PDU_HEADER.size + len(body), command, status, number) + body)

    def hang_up(self) -> None:
        """End all waits for responses."""
        self.writer.close()
        for answer in self.asked.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the line to the provider ended"))

    async def close(self) -> None:
        """Unbind, and wait briefly for the provider's response."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_UNBIND_TIMEOUT_SECONDS):
                await self.ask(Unbind())
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _read_message(pdu: bytes) -> DeliverSm:
    """Parse a message. The library refuses one without text, but receipts may have only optional fields."""
    try:
        return _parse_message(pdu)
    except ValueError:
        return _parse_message(pdu + _BLANK_PAYLOAD)


def _parse_message(pdu: bytes) -> DeliverSm:
    number = _PDU_HEADER.unpack(pdu[: _PDU_HEADER.size])[3]
    head = PduHeader(len(pdu), SmppCommand.DELIVER_SM, SmppCommandStatus.ESME_ROK, number)
    message = DeliverSm.from_pdu(pdu, head, "gsm0338")
    assert isinstance(message, DeliverSm)
    return message


def _as_deliver_sm(pdu: bytes) -> bytes:
    """Convert a data_sm to a deliver_sm with the same content; the library reads no data_sm.

    SMPP 3.4, sections 4.6.1 and 4.7.1.
    """
    service_end = pdu.index(b"\0", _PDU_HEADER.size) + 1
    source_end = pdu.index(b"\0", service_end + 2) + 1
    addresses_end = pdu.index(b"\0", source_end + 2) + 1
    esm_class, registered, coding = pdu[addresses_end : addresses_end + 3]
    # No protocol, priority, times, replacement, stored or short message.
    middle = bytes([esm_class, 0, 0, 0, 0, registered, 0, coding, 0, 0])
    body = pdu[_PDU_HEADER.size : addresses_end] + middle + pdu[addresses_end + 3 :]
    _, _, status, number = _PDU_HEADER.unpack(pdu[: _PDU_HEADER.size])
    return _PDU_HEADER.pack(_PDU_HEADER.size + len(body), _DELIVER, status, number) + body


async def open_session(gateway: SmppGateway, patience: float, hand_on: _Delivered) -> Session:
    try:
        async with asyncio.timeout(patience):
            secure = ssl.create_default_context() if gateway.tls else None
            reader, writer = await asyncio.open_connection(gateway.host, gateway.port, ssl=secure)
    except (OSError, TimeoutError) as error:
        raise GatewayAway(
            f"cannot connect to {gateway.host}:{gateway.port}: {error or 'no answer'}"
        ) from error
    session = Session(reader, writer, patience, hand_on)
    try:
        await session.bind(gateway)
    except (OSError, TimeoutError) as error:
        await session.close()
        raise GatewayAway(f"{gateway.host}:{gateway.port} takes a connection and speaks no SMPP") from error
    except GatewayAway:
        await session.close()
        raise
    return session


def status_name(status: int) -> str:
    """Return a name such as ESME_RINVPASWD; the provider's own codes in hexadecimal, such as 0x414."""
    try:
        return str(SmppCommandStatus(status).name)
    except ValueError:
        return hex(status)
