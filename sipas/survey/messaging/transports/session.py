"""One SMPP 3.4 session: what is asked is answered, and what the provider sends is handed on.

The messages are aiosmpplib's; its own session is not used. That one writes numbers to the log when something
fails, keeps them for three days to match receipts, and ends at a receipt that it cannot parse, which then
comes again and again.
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

LOG = logging.getLogger(__name__)
HEAD = struct.Struct("!IIII")  # length, command, status, sequence number
LARGEST = 128 * 1024
ANSWER = 0x80000000
NACK, BIND, UNBIND, DELIVER, ENQUIRE = 0x80000000, 0x00000009, 0x00000006, 0x00000005, 0x00000015
DATA = 0x00000103
NOT_UNDERSTOOD = 3  # invalid command
BLANK_PAYLOAD = b"\x04\x24\x00\x01 "  # the optional field message_payload, of one blank
LEAVING = 2.0  # seconds
KEEPING = 30.0  # seconds between two questions whether the line is still there

Answer = asyncio.Future[tuple[int, bytes]]
# Without a message where the bytes hold none that can be read.
Delivered = Callable[[DeliverSm | None, bytes, Callable[[], None]], None]


class Session:
    """Between bind and the end of the line; a new one is made for the next."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float, hand_on: Delivered
    ) -> None:
        self.reader, self.writer, self.patience, self.hand_on = reader, writer, patience, hand_on
        self.numbers = count(1)
        self.asked: dict[int, Answer] = {}
        self.tasks: list[asyncio.Task[None]] = [self.start(self.read())]

    @property
    def is_open(self) -> bool:
        return not self.writer.is_closing()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self.hang_up())
        return task

    async def ask(self, message: SmppMessage) -> tuple[int, bytes]:
        """Status and body of the answer, however late. ConnectionError where the line ends before."""
        if not self.is_open:
            raise ConnectionError("the line to the provider ended")
        number = message.sequence_num = next(self.numbers)
        answer = self.asked[number] = Answer()
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
            await asyncio.sleep(KEEPING)
            async with asyncio.timeout(self.patience):
                await self.ask(EnquireLink())

    async def read(self) -> None:
        """Until the line ends, or nothing that comes through it makes sense any more."""
        try:
            while True:
                head = await self.reader.readexactly(HEAD.size)
                length, command, status, number = HEAD.unpack(head)
                if not HEAD.size <= length <= LARGEST:
                    LOG.warning("the provider does not speak SMPP")
                    return
                body = await self.reader.readexactly(length - HEAD.size)
                if command & ANSWER:
                    self.settle(number, status, body)
                elif command == UNBIND:
                    self.answer(UNBIND | ANSWER, number)
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
        if command == ENQUIRE:
            self.answer(ENQUIRE | ANSWER, number)
        elif command in (DELIVER, DATA):
            self.deliver(command, number, pdu)
        else:
            self.answer(NACK, number, status=NOT_UNDERSTOOD)

    def deliver(self, command: int, number: int, pdu: bytes) -> None:
        """It is answered when it is kept, and so is what cannot be read: else it would come for ever."""
        try:
            message = read_message(pdu if command == DELIVER else as_deliver_sm(pdu))
        except (ValueError, LookupError, TypeError, struct.error):
            message = None
        self.hand_on(message, pdu, lambda: self.answer(command | ANSWER, number, b"\0"))

    def answer(self, command: int, number: int, body: bytes = b"", *, status: int = 0) -> None:
        if self.is_open:
            self.writer.write(HEAD.pack(HEAD.size + len(body), command, status, number) + body)

    def hang_up(self) -> None:
        """Whoever waits for an answer will have none."""
        self.writer.close()
        for answer in self.asked.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the line to the provider ended"))

    async def close(self) -> None:
        """A provider gets a moment to say that it has heard."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(LEAVING):
                await self.ask(Unbind())
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def read_message(pdu: bytes) -> DeliverSm:
    """The library refuses a message without a text; a receipt may have optional fields alone."""
    try:
        return parse_message(pdu)
    except ValueError:
        return parse_message(pdu + BLANK_PAYLOAD)


def parse_message(pdu: bytes) -> DeliverSm:
    number = HEAD.unpack(pdu[: HEAD.size])[3]
    head = PduHeader(len(pdu), SmppCommand.DELIVER_SM, SmppCommandStatus.ESME_ROK, number)
    message = DeliverSm.from_pdu(pdu, head, "gsm0338")
    assert isinstance(message, DeliverSm)
    return message


def as_deliver_sm(pdu: bytes) -> bytes:
    """A data_sm as the deliver_sm that says the same; the library reads no data_sm.

    SMPP 3.4, sections 4.6.1 and 4.7.1.
    """
    service_end = pdu.index(b"\0", HEAD.size) + 1
    source_end = pdu.index(b"\0", service_end + 2) + 1
    addresses_end = pdu.index(b"\0", source_end + 2) + 1
    esm_class, registered, coding = pdu[addresses_end : addresses_end + 3]
    # No protocol, priority, times; nothing to replace; no stored and no short message.
    middle = bytes([esm_class, 0, 0, 0, 0, registered, 0, coding, 0, 0])
    body = pdu[HEAD.size : addresses_end] + middle + pdu[addresses_end + 3 :]
    _, _, status, number = HEAD.unpack(pdu[: HEAD.size])
    return HEAD.pack(HEAD.size + len(body), DELIVER, status, number) + body


async def open_session(gateway: SmppGateway, patience: float, hand_on: Delivered) -> Session:
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
    """ESME_RINVPASWD, or as 0x414 where it is the provider's own."""
    try:
        return str(SmppCommandStatus(status).name)
    except ValueError:
        return hex(status)
