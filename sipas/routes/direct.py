"""Plain submissions go from the connection into intake, and their answers back, without a task and the
messages of ASGI: these cost more than all that is done with a submission.

What is not plain goes by the route, from its beginning: a terminal seen for the first time, a body that does
not parse, what only a newer catalogue may know, too many waiting. Only there is said what is wrong.
"""

import asyncio
import logging
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from sipas.errors import Overloaded
from sipas.routes.guards import KioskTokens
from sipas.routes.one_write import OneWrite
from sipas.routes.problems import FAILED, RETRY_LATER, encode_problem
from sipas.routes.submissions import PATH, Headers, encode_results, find_authorization
from sipas.survey.intake import Intake, Result
from sipas.survey.raw_submissions import split_array

LOG = logging.getLogger(__name__)
PLAIN = 64 * 1024  # bytes of a body
URL = PATH.encode()


class Exchange:
    """A request and its answer, with as much of uvicorn's own as its protocol asks for."""

    message_event = asyncio.Event()  # nobody waits for it

    def __init__(self) -> None:
        self.body = bytearray()
        self.keep_alive = True
        self.disconnected = self.response_complete = False


class Direct(OneWrite):
    """uvicorn's protocol with an `Exchange` where its own cycle of request and response would be."""

    app: Any  # the service
    cycle: Any

    def on_headers_complete(self) -> None:
        if self.is_plain():
            self.cycle = Exchange()
        else:
            super().on_headers_complete()

    def is_plain(self) -> bool:
        """So far. A request that comes before the answer to the one before waits in uvicorn's line."""
        return (
            self.url == URL
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
            and not self.flow.write_paused  # its answers are not read: the route waits until they are
            and (self.cycle is None or self.cycle.response_complete)
        )

    def on_body(self, body: bytes) -> None:
        if isinstance(self.cycle, Exchange):
            self.cycle.body += body
            if len(self.cycle.body) > PLAIN:
                self.go_by_the_route(self.cycle)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if isinstance(self.cycle, Exchange):
            if self.take(self.cycle):
                return
            self.go_by_the_route(self.cycle)
        super().on_message_complete()

    def go_by_the_route(self, exchange: Exchange) -> None:
        self.cycle = None
        super().on_headers_complete()
        self.cycle.keep_alive = self.cycle.keep_alive and exchange.keep_alive  # the server may be stopping
        super().on_body(bytes(exchange.body))

    def take(self, exchange: Exchange) -> bool:
        """False: nothing was taken, and the route begins anew; what fails there too, it says and logs."""
        tokens: KioskTokens = self.app.kiosk_tokens
        intake: Intake = self.app.intake
        try:
            kiosk = tokens.recall(find_authorization(self.headers))
            raws = split_array(bytes(exchange.body)) if kiosk else ""
            results = intake.offer(raws, kiosk) if kiosk and not isinstance(raws, str) else None
        except Exception:
            return False
        if results is None:
            return False
        results.add_done_callback(partial(self.answer, exchange))
        return True

    def answer(self, exchange: Exchange, results: asyncio.Future[list[Result]]) -> None:
        if results.cancelled():
            LOG.warning("submissions were not answered: the service ends")
            return self.transport.close()
        try:
            status, (headers, body) = 200, encode_results(results.result())
        except Overloaded as error:
            status, (headers, body) = 503, encode_problem(503, str(error), RETRY_LATER)
        except Exception as error:
            LOG.error("submissions failed for a reason that nobody foresaw", exc_info=error)
            status, (headers, body) = 500, encode_problem(500, FAILED)
        self.send(exchange, status, headers, body)

    def send(self, exchange: Exchange, status: int, headers: Headers, body: bytes) -> None:
        exchange.response_complete = True
        if self.transport.is_closing():
            return  # whoever asked has gone
        lines = [b"%b: %b\r\n" % line for line in (*self.server_state.default_headers, *headers)]
        if not exchange.keep_alive:
            lines.append(b"connection: close\r\n")
        self.transport.write(b"".join((STATUS_LINE[status], *lines, b"\r\n", body)))
        if not exchange.keep_alive:
            self.transport.close()
        self.on_response_complete()


# How uvicorn is to serve the service.
SERVED: dict[str, Any] = {
    "http": Direct,
    "ws": "none",  # who may go over to web sockets would be answered with the request before
    "proxy_headers": False,  # `app` is the service itself; and nothing depends on who asked from where
    "access_log": False,  # it would hold addresses and the tokens of links
    "server_header": False,
}
